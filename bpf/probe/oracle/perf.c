// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/json.h"
#include "objects.h"

static const char *separator;

/* What no program hangs on is refused, and so is one that was closed since. */
static void print_event(int pid, int fd)
{
	char tracepoint[128] = "";
	__u32 len = sizeof(tracepoint) - 1, program, type;
	__u64 offset, address;

	if (bpf_task_fd_query(pid, fd, 0, tracepoint, &len, &program, &type, &offset, &address) ||
	    type != BPF_FD_TYPE_TRACEPOINT)
		return;
	printf("%s{\"pid\":%d,\"programId\":%u,\"tracepoint\":", separator, pid, program);
	json_string(stdout, tracepoint);
	putchar('}');
	separator = ",";
}

static void print_process(int pid)
{
	char path[64], target[64];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	folder = opendir(path);
	while (folder && (entry = readdir(folder))) {
		ssize_t len = readlinkat(dirfd(folder), entry->d_name, target, sizeof(target) - 1);

		target[len < 0 ? 0 : len] = 0;
		if (!strcmp(target, "anon_inode:[perf_event]"))
			print_event(pid, atoi(entry->d_name));
	}
	if (folder)
		closedir(folder);
}

int print_perf(void)
{
	DIR *processes = opendir("/proc");
	struct dirent *entry;

	if (!processes)
		return -1;
	separator = "";
	putchar('[');
	while ((entry = readdir(processes)))
		if (isdigit((unsigned char)entry->d_name[0]))
			print_process(atoi(entry->d_name));
	putchar(']');
	closedir(processes);
	return 0;
}
