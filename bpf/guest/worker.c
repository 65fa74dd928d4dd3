// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <unistd.h>

#include "children.h"
#include "worker.h"

/* Bytes kept back in a reply for what follows the worker's own fields. */
#define RESERVED 4096
/*
 * Milliseconds after its deadline at which the worker kills itself: an attached LSM program may
 * forbid us the kill(2), but not the kernel's own timer.
 */
#define OWN_GRACE 500

void progress_at(struct progress *progress, enum bpmx_stage stage, const char *name)
{
	progress->stage = stage;
	memset(progress->name, 0, sizeof(progress->name));
	strncpy(progress->name, name ? name : "", sizeof(progress->name) - 1);
}

static void work_in_child(work_fn work, const void *input, unsigned int timeout_ms, int fd,
			  struct progress *progress)
{
	unsigned int own = timeout_ms + OWN_GRACE;
	struct itimerval timer = {.it_value = {own / 1000, own % 1000 * 1000}};
	struct out out;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	setitimer(ITIMER_REAL, &timer, NULL);
	out_init(&out, fd);
	work(input, &out, progress);
	out_flush(&out);
	_exit(out.broken ? 1 : 0);
}

/* Collects until the writer is gone or the time is up (false). Beyond the cap bytes are dropped. */
static bool collect(int fd, struct out *reply, size_t cap, long long deadline, bool *cut)
{
	static char part[65536];
	struct pollfd readable = {.fd = fd, .events = POLLIN};

	while (left_ms(deadline) > 0) {
		int n = poll(&readable, 1, left_ms(deadline));

		if (n <= 0)
			continue;
		ssize_t got = read(fd, part, sizeof(part));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return true;
		if (reply->len + got > cap)
			*cut = true;
		if (!*cut)
			out_raw(reply, part, got);
	}
	return false;
}

/* Drops a field that was not finished when the worker died. */
static void keep_whole_fields(struct out *reply, size_t from)
{
	struct bpmx_field header;

	while (reply->len - from >= sizeof(header)) {
		memcpy(&header, reply->data + from, sizeof(header));
		if (header.len > reply->len - from - sizeof(header))
			break;
		from += sizeof(header) + header.len;
	}
	reply->len = from;
}

static void append_end(struct out *reply, struct child_end end, const struct progress *progress)
{
	out_u64(reply, F_END, end.end);
	out_u64(reply, F_END_CODE, end.code);
	out_u64(reply, F_PROGRESS_STAGE, progress->stage);
	out_text(reply, F_PROGRESS_NAME, progress->name,
		 strnlen(progress->name, sizeof(progress->name)));
}

static struct child_end finish(pid_t pid, bool in_time, long long deadline)
{
	struct child_end end;

	if (in_time && children_wait(pid, left_ms(deadline) + 1, &end) && end.end != END_RUNNING &&
	    !(end.end == END_SIGNALLED && end.code == SIGALRM))
		return end;
	children_kill(pid);
	return (struct child_end){.end = END_TIMED_OUT};
}

int worker_run(work_fn work, const void *input, unsigned int timeout_ms, struct out *reply)
{
	struct progress *progress = mmap(NULL, sizeof(*progress), PROT_READ | PROT_WRITE,
					 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	long long deadline = now_ms() + timeout_ms;
	size_t from = reply->len;
	bool cut = false;
	int pipe_fds[2];

	if (progress == MAP_FAILED)
		return errno;
	if (pipe2(pipe_fds, O_CLOEXEC)) {
		munmap(progress, sizeof(*progress));
		return errno;
	}
	pid_t pid = children_fork();
	int err = pid < 0 ? errno : 0;

	if (pid == 0)
		work_in_child(work, input, timeout_ms, pipe_fds[1], progress);
	close(pipe_fds[1]);
	if (pid > 0) {
		bool in_time =
			collect(pipe_fds[0], reply, BPMX_PAYLOAD_MAX - RESERVED, deadline, &cut);
		struct child_end end = finish(pid, in_time, deadline);

		keep_whole_fields(reply, from);
		append_end(reply, end, progress);
		out_u64(reply, F_TRUNCATED, cut);
	}
	close(pipe_fds[0]);
	munmap(progress, sizeof(*progress));
	return err;
}
