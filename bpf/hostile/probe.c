// SPDX-License-Identifier: Apache-2.0
/* What can be done to the probe. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

static const char *const places[] = {"/proc/1/fd/100", "/proc/1/fd/101", "/sealed/attempt",
				     "/probe/attempt", "/probe/oracle"};

static size_t own_program(char **bytes)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	struct stat st = {0};
	ssize_t got = -1;

	if (fd >= 0 && !fstat(fd, &st) && (*bytes = malloc(st.st_size)))
		got = read(fd, *bytes, st.st_size);
	close(fd);
	return got < 0 ? 0 : got;
}

/* Written over, put in its place, mounted over it. */
static void replace(void)
{
	static char *program;
	static size_t len;

	if (!len)
		len = own_program(&program);
	mkdir("/probe", 0755);
	mkdir("/sealed", 0755);
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		write_file("/hostile.copy", program, len);
		write_file(places[i], program, len);
		if (rename("/hostile.copy", places[i]))
			mount("/hostile.copy", places[i], NULL, MS_BIND, NULL);
	}
}

/* The pipe that is this descriptor of another process; -1 where it is none. */
static int open_pipe(pid_t pid, int fd, int mode)
{
	char path[64], target[64];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
	ssize_t got = readlink(path, target, sizeof(target) - 1);

	if (got < 5 || strncmp(target, "pipe:", 5))
		return -1;
	return open(path, mode | O_NONBLOCK | O_CLOEXEC);
}

static void forge_into(pid_t pid)
{
	static const char line[] = "{\"id\":0,\"pid\":1,\"kind\":\"returned\",\"errno\":1}\n";
	char packet[34] = "R1";

	for (int fd = 0; fd < 12; fd++) {
		int pipe = open_pipe(pid, fd, O_WRONLY);

		if (pipe < 0)
			continue;
		if (write(pipe, fd < 3 ? line : packet,
			  fd < 3 ? sizeof(line) - 1 : sizeof(packet)) < 0)
			perror("a pipe of the probe");
		close(pipe);
	}
}

static void forge_output(void)
{
	each_process("attempt", forge_into);
}

static void steal_from(pid_t pid)
{
	char stolen[4096];

	for (int fd = 0; fd < 12; fd++) {
		int pipe = open_pipe(pid, fd, O_RDONLY);

		if (pipe < 0)
			continue;
		while (read(pipe, stolen, sizeof(stolen)) > 0)
			;
		close(pipe);
	}
}

static void steal_output(void)
{
	each_process("attempt", steal_from);
	each_process("oracle", steal_from);
}

static void kill_one(pid_t pid)
{
	kill(pid, SIGKILL);
}

static void kill_probe(void)
{
	each_process("attempt", kill_one);
	each_process("oracle", kill_one);
}

static void seize(pid_t pid)
{
	ptrace(PTRACE_SEIZE, pid, 0,
	       PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		       PTRACE_O_TRACECLONE);
	ptrace(PTRACE_INTERRUPT, pid, 0, 0);
}

/* Every open that succeeds is said to be denied. */
static void deny_result(pid_t pid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, 0, &regs))
		return;
	if ((regs.orig_rax != SYS_open && regs.orig_rax != SYS_openat) || (long)regs.rax < 0)
		return;
	regs.rax = -EPERM;
	ptrace(PTRACE_SETREGS, pid, 0, &regs);
}

static void trace_probe(void)
{
	int status;
	pid_t pid;

	each_process("attempt", seize);
	while ((pid = waitpid(-1, &status, __WALL | WNOHANG)) > 0) {
		if (!WIFSTOPPED(status))
			continue;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80))
			deny_result(pid);
		ptrace(PTRACE_SYSCALL, pid, 0, 0);
	}
}

const struct attack probe_attacks[] = {
	{"replace", replace},       {"forge-output", forge_output}, {"steal-output", steal_output},
	{"kill-probe", kill_probe}, {"trace-probe", trace_probe},   {0},
};
