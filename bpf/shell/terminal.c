// SPDX-License-Identifier: Apache-2.0
/*
 * terminal FIFO OUTPUT ROWS COLUMNS PROGRAM [ARG...]: runs a program on a terminal of its own. What
 * is to be typed comes through a fifo, in frames; what the terminal shows is appended to a file.
 * Ends as the program does. The two files are all that the harness needs: it can write and read
 * files in a guest, and has one channel for everything.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frames.h"

/* Bytes of output that may wait to be read: the file is in the guest's memory, and `yes` never
 * ends. */
#define BACKLOG (4u << 20)

struct terminal {
	int master, fifo, output;
	uint64_t written, read;
	struct frames frames;
};

static int fail(const char *what)
{
	fprintf(stderr, "terminal: %s: %s\n", what, strerror(errno));
	return 126;
}

static int write_all(int fd, const void *data, size_t len)
{
	const char *at = data;

	while (len) {
		ssize_t done = write(fd, at, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return -1;
		at += done;
		len -= done;
	}
	return 0;
}

/* What has been read takes no memory any more. The file keeps its length, so that offsets stay what
 * they are. */
static void forget(struct terminal *terminal, uint64_t read)
{
	if (read > terminal->written || read <= terminal->read)
		return;
	terminal->read = read;
	fallocate(terminal->output, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, read);
}

static void obey(struct terminal *terminal, const struct frame *frame)
{
	struct winsize size = {0};

	switch (frame->kind) {
	case FRAME_INPUT:
		/* Who does not read what is typed loses it, as on any terminal. */
		if (write_all(terminal->master, frame->data, frame->len) && errno != EAGAIN)
			perror("terminal: input");
		break;
	case FRAME_SIZE:
		if (frame->len != 4)
			break;
		size.ws_row = frame_number(frame->data, 2);
		size.ws_col = frame_number(frame->data + 2, 2);
		ioctl(terminal->master, TIOCSWINSZ, &size);
		break;
	case FRAME_READ:
		if (frame->len == 8)
			forget(terminal, frame_number(frame->data, 8));
		break;
	}
}

static void take_frames(struct terminal *terminal)
{
	struct frame frame;
	size_t size;

	if (frames_fill(&terminal->frames, terminal->fifo))
		return;
	while ((size = frames_next(&terminal->frames, &frame))) {
		obey(terminal, &frame);
		frames_drop(&terminal->frames, size);
	}
}

/* False when the other side of the terminal is closed, or the file takes no more. */
static bool show(struct terminal *terminal)
{
	char bytes[16384];
	ssize_t got = read(terminal->master, bytes, sizeof(bytes));

	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	if (got == 0 || write_all(terminal->output, bytes, got))
		return false;
	terminal->written += got;
	return true;
}

/* Until the program, and whoever else has its terminal open, has closed it. */
static void pass_on(struct terminal *terminal, pid_t pid)
{
	siginfo_t ended = {0};

	for (;;) {
		bool full = terminal->written - terminal->read >= BACKLOG;
		struct pollfd fds[] = {
			{.fd = terminal->fifo, .events = POLLIN},
			{.fd = full ? -1 : terminal->master, .events = POLLIN},
		};

		if (poll(fds, 2, 200) < 0 && errno != EINTR)
			return;
		if (fds[0].revents & POLLIN)
			take_frames(terminal);
		if (fds[1].revents && !show(terminal))
			return;
		/* Something in the background may keep the terminal open for ever. */
		if (!fds[1].revents && !waitid(P_PID, pid, &ended, WEXITED | WNOHANG | WNOWAIT) &&
		    ended.si_pid == pid)
			return;
	}
}

/* A guest has no terminals before somebody asks for one. */
static int provide_terminals(void)
{
	if (!access("/dev/pts/ptmx", F_OK))
		return 0;
	mkdir("/dev/pts", 0755);
	if (mount("devpts", "/dev/pts", "devpts", 0, "mode=620,ptmxmode=666") && errno != EBUSY)
		return -1;
	if (access("/dev/ptmx", F_OK) && symlink("pts/ptmx", "/dev/ptmx"))
		return -1;
	return 0;
}

static int open_files(struct terminal *terminal, char **names)
{
	if (mkfifo(names[0], 0600) && errno != EEXIST)
		return -1;
	/* For writing, too: it has no end while nobody else has it open. */
	terminal->fifo = open(names[0], O_RDWR | O_NONBLOCK | O_CLOEXEC);
	terminal->output = open(names[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return terminal->fifo < 0 || terminal->output < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	struct terminal terminal = {0};
	struct winsize size = {0};
	int status;

	if (argc < 6) {
		fputs("usage: terminal FIFO OUTPUT ROWS COLUMNS PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	size.ws_row = atoi(argv[3]);
	size.ws_col = atoi(argv[4]);
	if (provide_terminals())
		return fail("/dev/pts");
	if (open_files(&terminal, argv + 1))
		return fail(argv[1]);
	pid_t pid = forkpty(&terminal.master, NULL, NULL, &size);

	if (pid < 0)
		return fail("forkpty");
	if (pid == 0) {
		execv(argv[5], argv + 5);
		_exit(fail(argv[5]));
	}
	fcntl(terminal.master, F_SETFL, O_NONBLOCK);
	pass_on(&terminal, pid);
	close(terminal.master);
	if (waitpid(pid, &status, 0) != pid)
		return fail("waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
