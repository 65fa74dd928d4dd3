// SPDX-License-Identifier: Apache-2.0
/* What can be done to PID 1. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hostile.h"

static void trace_init(void)
{
	if (ptrace(PTRACE_SEIZE, 1, 0, 0))
		return;
	ptrace(PTRACE_INTERRUPT, 1, 0, 0);
	/* It must have stopped, or it would stay ours. */
	waitpid(1, NULL, __WALL);
	ptrace(PTRACE_DETACH, 1, 0, 0);
}

/* Its first page of code, as it is. */
static void write_init(void)
{
	unsigned long start;
	char byte;
	FILE *maps = fopen("/proc/1/maps", "re");
	int fd = open("/proc/1/mem", O_RDWR | O_CLOEXEC);

	if (maps && fd >= 0 && fscanf(maps, "%lx", &start) == 1 &&
	    pread(fd, &byte, 1, start) == 1 && pwrite(fd, &byte, 1, start) != 1)
		perror("/proc/1/mem");
	if (maps)
		fclose(maps);
	if (fd >= 0)
		close(fd);
}

static void read_init(void)
{
	static char bytes[4096];
	struct iovec of = {.iov_base = bytes, .iov_len = sizeof(bytes)};

	process_vm_readv(1, &of, 1, &of, 1, 0);
}

/* An answer to nobody's question, and bytes that are none, through a copy of PID 1's own
 * descriptor. */
static void forge_frames(void)
{
	static const struct {
		uint32_t magic;
		uint16_t version, type;
		uint32_t seq, len;
	} frame = {0x584d5042, 2, 9, 7, 0};
	int init = syscall(SYS_pidfd_open, 1, 0);

	for (int number = 3; number < 16; number++) {
		char path[32], target[64] = "";
		int fd;

		snprintf(path, sizeof(path), "/proc/1/fd/%d", number);
		if (readlink(path, target, sizeof(target) - 1) < 0 || !strstr(target, "vport"))
			continue;
		fd = syscall(SYS_pidfd_getfd, init, number, 0);
		if (fd < 0)
			continue;
		if (write(fd, &frame, sizeof(frame)) < 0 || write(fd, "BPM", 3) < 0)
			perror(target);
		close(fd);
	}
	close(init);
}

/* The same device by its name. */
static void open_port(void)
{
	static const char *const names[] = {"/dev/vport0p1", "/dev/vport1p1", "/dev/vport2p1"};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		write_file(names[i], "BPMX", 4);
}

const struct attack init_attacks[] = {
	{"trace-init", trace_init},     {"write-init", write_init}, {"read-init", read_init},
	{"forge-frames", forge_frames}, {"open-port", open_port},   {0},
};
