// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "children.h"
#include "out.h"
#include "paths.h"
#include "process.h"

/* Steps in the child, in order; the number and the errno come back over a close-on-exec pipe. */
static const char *const steps[] = {"cgroup", "stdio", "uid/gid", "cwd", "execve"};
enum step { STEP_CGROUP, STEP_STDIO, STEP_ID, STEP_CWD, STEP_EXEC };

struct failure {
	enum step step;
	int err;
};

static int enter_cgroup(const char *folder)
{
	char file[PATH_MAX];
	int fd, err;

	if (!folder)
		return 0;
	make_folder(folder);
	if (snprintf(file, sizeof(file), "%s/cgroup.procs", folder) >= (int)sizeof(file)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	err = write_all(fd, "0", 1);
	close(fd);
	return err;
}

static int take_stdio(const struct process *process)
{
	if (dup2(process->stdin_fd, 0) < 0 || dup2(process->stdout_fd, 1) < 0 ||
	    dup2(process->stderr_fd, 2) < 0)
		return -1;
	return 0;
}

static int take_ids(const struct process *process)
{
	/* Without privileges (the host program in tests) only the own ids are possible. */
	if (process->uid == geteuid() && process->gid == getegid())
		return 0;
	return setgroups(0, NULL) || setgid(process->gid) || setuid(process->uid) ? -1 : 0;
}

static struct failure become(const struct process *process)
{
	enum step step = STEP_CGROUP;

	setsid();
	if (enter_cgroup(process->cgroup))
		goto failed;
	step = STEP_STDIO;
	if (take_stdio(process))
		goto failed;
	step = STEP_ID;
	if (take_ids(process))
		goto failed;
	step = STEP_CWD;
	if (chdir(process->cwd ? process->cwd : "/"))
		goto failed;
	step = STEP_EXEC;
	execve(process->argv[0], process->argv, process->env);
failed:
	return (struct failure){.step = step, .err = errno};
}

pid_t process_start(const struct process *process, const char **step)
{
	struct failure failure;
	struct child_end end;
	int pipe_fds[2];

	*step = "fork";
	if (pipe2(pipe_fds, O_CLOEXEC))
		return -1;
	pid_t pid = children_fork();

	if (pid == 0) {
		failure = become(process);
		_exit(write_all(pipe_fds[1], &failure, sizeof(failure)) ? 126 : 127);
	}
	int err = errno;

	close(pipe_fds[1]);
	ssize_t got = 0;

	while (pid > 0 && (got = read(pipe_fds[0], &failure, sizeof(failure))) < 0 &&
	       errno == EINTR)
		continue;
	close(pipe_fds[0]);
	if (pid > 0 && got == sizeof(failure)) {
		children_wait(pid, 2000, &end);
		*step = steps[failure.step];
		err = failure.err;
		pid = -1;
	}
	errno = err;
	return pid;
}
