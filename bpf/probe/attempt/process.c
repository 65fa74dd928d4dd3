// SPDX-License-Identifier: Apache-2.0
/* What a process can do to another; the other is always a child of its own that waits. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"
#include "report.h"

static int known = 42;

static noreturn void wait_for_ever(void)
{
	for (;;)
		pause();
}

static pid_t waiting_child(void)
{
	pid_t pid = fork();

	arrange(pid >= 0, "a child");
	if (pid)
		return pid;
	wait_for_ever();
}

static int end(pid_t pid, int result)
{
	kill(pid, SIGKILL);
	return result;
}

/* Attaches to it. */
static int try_ptrace(char **args)
{
	pid_t pid = waiting_child();

	(void)args;
	return end(pid, outcome(ptrace(PTRACE_ATTACH, pid, 0, 0)));
}

/* Attaches to it without stopping it. */
static int try_seize(char **args)
{
	pid_t pid = waiting_child();

	(void)args;
	return end(pid, outcome(ptrace(PTRACE_SEIZE, pid, 0, 0)));
}

/* Reads its memory with a system call. */
static int try_vm_readv(char **args)
{
	int copy = 0;
	struct iovec local = {.iov_base = &copy, .iov_len = sizeof(copy)};
	struct iovec remote = {.iov_base = &known, .iov_len = sizeof(known)};
	pid_t pid = waiting_child();

	(void)args;
	return end(pid,
		   outcome_of(process_vm_readv(pid, &local, 1, &remote, 1, 0), "process_vm_readv"));
}

/* Reads its memory through /proc, which says EACCES whatever a hook has said. */
static int try_proc_mem(char **args)
{
	pid_t pid = waiting_child();
	char path[32];
	int copy = 0;
	int fd;

	(void)args;
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return end(pid, outcome(fd));
	return end(pid, outcome(pread(fd, &copy, sizeof(copy), (off_t)(unsigned long)&known)));
}

/* Asks to be traced by its parent. */
static int try_traceme(char **args)
{
	(void)args;
	return outcome(ptrace(PTRACE_TRACEME, 0, 0, 0));
}

/* What nobody forbids: signals it, ends it and waits for it. */
static int try_kill_child(char **args)
{
	pid_t pid = waiting_child();

	(void)args;
	if (kill(pid, 0) || kill(pid, SIGKILL))
		return outcome(-1);
	return outcome(waitpid(pid, NULL, 0));
}

/* FILE: leaves a process behind that has its own session, and the number of it in FILE. */
static int try_linger(char **args)
{
	pid_t pid = fork();
	FILE *file;

	arrange(pid >= 0, "a child");
	if (!pid) {
		setsid();
		wait_for_ever();
	}
	file = fopen(args[0], "we");
	arrange(file && fprintf(file, "%d", pid) > 0 && !fclose(file), args[0]);
	return 0;
}

/* SIGNAL: gets it from itself, as it would from an agent. 0 when it survives. */
static int try_raise(char **args)
{
	return outcome(kill(getpid(), atoi(args[0])));
}

const struct operation process_operations[] = {
	{"ptrace", 0, try_ptrace, OWNED},
	{"seize", 0, try_seize, OWNED},
	{"vm-readv", 0, try_vm_readv, OWNED},
	{"proc-mem", 0, try_proc_mem, OWNED},
	{"traceme", 0, try_traceme, OWNED},
	{"kill-child", 0, try_kill_child, OWNED},
	{"linger", 1, try_linger, OWNED},
	{"raise", 1, try_raise, SHARED},
	{0},
};
