// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture.h"
#include "ops.h"
#include "paths.h"
#include "process.h"
#include "sealed.h"

/* Bytes of each output stream that fit a reply together. */
#define OUTPUT_MAX (480u * 1024)
/* Milliseconds between two reads of a file that cannot be watched. */
#define LOOK_EVERY 20

/* Fills what RUN and SPAWN share; false with the reply made an error. free_process() is due. */
static bool describe(const struct args *args, struct process *process, struct reply *reply)
{
	*process = (struct process){
		.argv = args_vector(args, F_ARGV),
		.env = args_vector(args, F_ENV),
		.cwd = args_string(args, F_CWD, NULL),
		.cgroup = args_string(args, F_CGROUP, NULL),
		.uid = args_u64(args, F_UID, geteuid()),
		.gid = args_u64(args, F_GID, getegid()),
		.stdin_fd = -1,
		.stdout_fd = -1,
		.stderr_fd = -1,
	};
	if (!process->argv || !process->env)
		fail(reply, ENOMEM, "argv");
	else if (!process->argv[0])
		fail_value(reply, "ARGV is empty");
	return !reply->error.code;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void free_process(struct process *process)
{
	free(process->argv);
	free(process->env);
	close_fd(process->stdin_fd);
	close_fd(process->stdout_fd);
	close_fd(process->stderr_fd);
}

/* False with errno: what is in a file that nobody can change any more is something else. */
static bool holds(int fd, const uint8_t *data, size_t len)
{
	uint8_t part[16384];
	size_t at = 0;
	ssize_t got;

	while ((got = pread(fd, part, sizeof(part), at)) > 0) {
		if ((size_t)got > len - at || memcmp(part, data + at, got))
			break;
		at += got;
	}
	if (got >= 0)
		errno = EBADMSG;
	return got == 0 && at == len;
}

/*
 * A descriptor that reads the STDIN field; -1 with errno. Who is root opens it by /proc/PID/fd and
 * writes: a probe would truly try something else. So it is sealed, and looked at after that.
 */
static int open_stdin(const struct args *args)
{
	const struct arg *data = args_find(args, F_STDIN);

	if (!data)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	int fd = memfd_create("stdin", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && (write_all(fd, data->data, data->len) || fcntl(fd, F_ADD_SEALS, SEALS) ||
			!holds(fd, data->data, data->len) || lseek(fd, 0, SEEK_SET))) {
		int err = errno;

		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

static pid_t start(const struct args *args, struct process *process, struct reply *reply)
{
	const struct sealed_run run = {args_string(args, F_SEALED, NULL),
				       args_string(args, F_NONCE, "")};
	const char *step;
	char what[200];
	pid_t pid = run.name ? sealed_start(&run, process, &step) : process_start(process, &step);

	if (pid < 0) {
		int err = errno;

		snprintf(what, sizeof(what), "%s: %.150s", step, process->argv[0]);
		fail(reply, err, what);
	}
	return pid;
}

/* Makes the pipe of one output stream; the writing end goes to the process. */
static bool open_stream(struct stream *stream, int *write_end, size_t max)
{
	int fds[2];

	*stream = (struct stream){.fd = -1, .max = max};
	out_init(&stream->kept, -1);
	if (pipe2(fds, O_CLOEXEC))
		return false;
	/* Only our end: a program may be surprised by output that does not block. */
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	stream->fd = fds[0];
	*write_end = fds[1];
	return true;
}

static void run_and_capture(const struct args *args, struct process *process,
			    struct stream streams[2], struct reply *reply)
{
	long long deadline = now_ms() + args_timeout(args);
	pid_t pid = start(args, process, reply);

	close_fd(process->stdout_fd);
	close_fd(process->stderr_fd);
	process->stdout_fd = process->stderr_fd = -1;
	if (pid < 0)
		return;
	struct child_end end = capture(pid, streams, deadline);

	/* The session is ours alone: nothing that the program left behind survives it. */
	kill(-pid, SIGKILL);
	out_u64(&reply->out, F_END, end.end);
	out_u64(&reply->out, F_END_CODE, end.code);
	out_bytes(&reply->out, F_STDOUT, streams[0].kept.data, streams[0].kept.len);
	out_bytes(&reply->out, F_STDERR, streams[1].kept.data, streams[1].kept.len);
	out_u64(&reply->out, F_TRUNCATED, streams[0].truncated || streams[1].truncated);
}

static void run(const struct args *args, struct reply *reply)
{
	size_t max = args_u64(args, F_MAX_OUTPUT, OUTPUT_MAX);
	struct stream streams[2] = {{.fd = -1}, {.fd = -1}};
	struct process process;

	if (max > OUTPUT_MAX)
		fail_value(reply, "MAX_OUTPUT does not fit a reply");
	if (describe(args, &process, reply)) {
		process.stdin_fd = open_stdin(args);
		if (process.stdin_fd < 0 || !open_stream(&streams[0], &process.stdout_fd, max) ||
		    !open_stream(&streams[1], &process.stderr_fd, max))
			fail(reply, errno, "stdio");
	}
	if (!reply->error.code)
		run_and_capture(args, &process, streams, reply);
	for (int i = 0; i < 2; i++) {
		close_fd(streams[i].fd);
		out_free(&streams[i].kept);
	}
	free_process(&process);
}

static int open_output(const struct args *args, uint16_t id)
{
	const char *path = args_string(args, id, "/dev/null");

	make_parents(path);
	/* O_NONBLOCK: a fifo without a reader is an error, not a wait. */
	int fd =
		open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);

	if (fd >= 0)
		fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

static void spawn(const struct args *args, struct reply *reply)
{
	struct process process;

	if (describe(args, &process, reply)) {
		process.stdin_fd = open_stdin(args);
		process.stdout_fd = open_output(args, F_STDOUT_PATH);
		process.stderr_fd = open_output(args, F_STDERR_PATH);
		if (process.stdin_fd < 0 || process.stdout_fd < 0 || process.stderr_fd < 0)
			fail(reply, errno, "stdio");
	}
	if (!reply->error.code) {
		pid_t pid = start(args, &process, reply);

		if (pid > 0)
			out_u64(&reply->out, F_PID, pid);
	}
	free_process(&process);
}

/* The pid of a child of ours, or 0 with the reply made an error: the guest signals nobody else. */
static pid_t own_pid(const struct args *args, struct reply *reply)
{
	uint64_t pid = args_u64(args, F_PID, 0);

	children_reap();
	if (pid > 1 && pid <= INT32_MAX && children_known(pid))
		return pid;
	fail(reply, ESRCH, "PID");
	return 0;
}

static void send_signal(const struct args *args, struct reply *reply)
{
	pid_t pid = own_pid(args, reply);

	if (pid && kill(pid, args_u64(args, F_SIGNO, 0)))
		fail(reply, errno, "kill");
}

/* Readable when the file at `path` is written to; -1 where the kernel does not let us watch it. */
static int watch_file(const char *path)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd >= 0 && inotify_add_watch(fd, path, IN_MODIFY) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool is_longer(const char *path, uint64_t size)
{
	struct stat st;

	return !stat(path, &st) && (uint64_t)st.st_size > size;
}

/* Waits for the end of a child, or for more than SIZE bytes in the file at PATH. */
static void wait_for_more(const struct args *args, pid_t pid, struct child_end *end)
{
	const char *path = args_string(args, F_PATH, "");
	unsigned int timeout = args_timeout(args);
	int wake = watch_file(path);

	/* Who cannot watch looks again soon. */
	if (wake < 0 && timeout > LOOK_EVERY)
		timeout = LOOK_EVERY;
	if (is_longer(path, args_u64(args, F_SIZE, 0)))
		timeout = 0;
	children_wait_woken(pid, timeout, wake, end);
	if (wake >= 0)
		close(wake);
}

static void wait_child(const struct args *args, struct reply *reply)
{
	pid_t pid = own_pid(args, reply);
	struct child_end end;

	if (!pid)
		return;
	if (args_find(args, F_PATH))
		wait_for_more(args, pid, &end);
	else
		children_wait(pid, args_timeout(args), &end);
	out_u64(&reply->out, F_END, end.end);
	out_u64(&reply->out, F_END_CODE, end.code);
}

static const struct rule run_rules[] = {
	{F_ARGV, MANY},           {F_ENV, MANY},        {F_CWD, OPTIONAL},   {F_UID, OPTIONAL},
	{F_GID, OPTIONAL},        {F_CGROUP, OPTIONAL}, {F_STDIN, OPTIONAL}, {F_TIMEOUT_MS, ONE},
	{F_MAX_OUTPUT, OPTIONAL}, {F_SEALED, OPTIONAL}, {F_NONCE, OPTIONAL},
};
static const struct rule spawn_rules[] = {
	{F_ARGV, MANY},
	{F_ENV, MANY},
	{F_CWD, OPTIONAL},
	{F_UID, OPTIONAL},
	{F_GID, OPTIONAL},
	{F_CGROUP, OPTIONAL},
	{F_STDIN, OPTIONAL},
	{F_STDOUT_PATH, OPTIONAL},
	{F_STDERR_PATH, OPTIONAL},
	{F_SEALED, OPTIONAL},
	{F_NONCE, OPTIONAL},
};
static const struct rule signal_rules[] = {{F_PID, ONE}, {F_SIGNO, ONE}};
static const struct rule wait_rules[] = {
	{F_PID, ONE}, {F_TIMEOUT_MS, ONE}, {F_PATH, OPTIONAL}, {F_SIZE, OPTIONAL}};

const struct op process_ops[] = {
	{OP_RUN, RULES(run_rules), run},
	{OP_SPAWN, RULES(spawn_rules), spawn},
	{OP_SIGNAL, RULES(signal_rules), send_signal},
	{OP_WAIT, RULES(wait_rules), wait_child},
	{0},
};
