// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capture.h"

/* One read; closes the stream at its end. The descriptor does not block. */
static void take(struct stream *stream)
{
	static char part[65536];
	ssize_t got = read(stream->fd, part, sizeof(part));

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		close(stream->fd);
		stream->fd = -1;
		return;
	}
	size_t room = stream->max - stream->kept.len;

	if ((size_t)got > room) {
		stream->truncated = true;
		got = room;
	}
	out_raw(&stream->kept, part, got);
}

/* Empties what is in the pipes now. */
static void drain(struct stream streams[2])
{
	for (int i = 0; i < 2; i++) {
		struct pollfd readable = {.fd = streams[i].fd, .events = POLLIN};

		for (int turns = 0; turns < 64 && streams[i].fd >= 0; turns++) {
			if (poll(&readable, 1, 0) <= 0)
				break;
			take(&streams[i]);
		}
	}
}

struct child_end capture(pid_t pid, struct stream streams[2], long long deadline)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0);
	struct child_end end = {.end = END_RUNNING};

	while (left_ms(deadline) > 0) {
		struct pollfd fds[3] = {
			{.fd = streams[0].fd, .events = POLLIN},
			{.fd = streams[1].fd, .events = POLLIN},
			{.fd = pidfd, .events = POLLIN},
		};
		int limit = pidfd < 0 && left_ms(deadline) > 5 ? 5 : left_ms(deadline);

		poll(fds, 3, limit);
		for (int i = 0; i < 2; i++) {
			if (fds[i].revents)
				take(&streams[i]);
		}
		if ((pidfd < 0 || fds[2].revents) && children_wait(pid, 0, &end) &&
		    end.end != END_RUNNING)
			break;
	}
	if (pidfd >= 0)
		close(pidfd);
	drain(streams);
	if (end.end == END_RUNNING) {
		end.end = END_TIMED_OUT;
		children_kill(pid);
		drain(streams);
	}
	return end;
}
