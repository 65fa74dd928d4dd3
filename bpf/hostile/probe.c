// SPDX-License-Identifier: Apache-2.0
/* What can be done to the probe. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

static const char *const places[] = {"/sealed/attempt", "/probe/attempt", "/probe/oracle"};

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

static char *program;
static size_t len;

/* The copy that a process was started from, and those that it holds open. */
static void write_over(pid_t pid)
{
	char path[64], target[64];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	if (pid != 1)
		write_file(path, program, len);
	for (int fd = 0; fd < 64; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		ssize_t got = readlink(path, target, sizeof(target) - 1);

		if (got > 7 && !strncmp(target, "/memfd:", 7))
			write_file(path, program, len);
	}
}

/* Written over, put in its place, mounted over it. */
static void replace(void)
{
	if (!len)
		len = own_program(&program);
	write_over(1);
	each_process("attempt", write_over);
	each_process("oracle", write_over);
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

static void stop_one(pid_t pid)
{
	kill(pid, SIGSTOP);
}

static void stop_probe(void)
{
	each_process("attempt", stop_one);
}

/* It may open nothing more: that fails, and not with EPERM. */
static void limit_one(pid_t pid)
{
	static const struct rlimit none = {0};

	prlimit(pid, RLIMIT_NOFILE, &none, NULL);
}

static void limit_probe(void)
{
	each_process("attempt", limit_one);
}

/* Its first page of data, as it is, by a call that needs no file. */
static void write_one(pid_t pid)
{
	static char bytes[64];
	char path[32], line[200], mode[5];
	unsigned long start = 0;
	struct iovec here = {.iov_base = bytes, .iov_len = sizeof(bytes)};

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	FILE *maps = fopen(path, "re");

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%lx-%*x %4s", &start, mode) == 2 && mode[1] == 'w')
			break;
	if (maps)
		fclose(maps);
	struct iovec there = {.iov_base = (void *)start, .iov_len = sizeof(bytes)};

	if (process_vm_readv(pid, &here, 1, &there, 1, 0) > 0)
		process_vm_writev(pid, &here, 1, &there, 1, 0);
}

static void write_probe(void)
{
	each_process("attempt", write_one);
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
	{"replace", replace},
	{"forge-output", forge_output},
	{"steal-output", steal_output},
	{"kill-probe", kill_probe},
	{"trace-probe", trace_probe},
	{"stop-probe", stop_probe},
	{"limit-probe", limit_probe},
	{"write-probe", write_probe},
	{0},
};
