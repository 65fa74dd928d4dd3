// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * Where in the kernel a file of the calling process is, and where some bytes of it are. Never
 * attached: it runs when its loader asks for it (BPF_PROG_TEST_RUN).
 */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "capture.h"

struct file;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};
struct files_struct {
	struct fdtable *fdt;
};
struct task_struct {
	struct files_struct *files;
};
#pragma clang attribute pop

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct captured);
} captured SEC(".maps");

SEC("raw_tp/sys_enter")
int capture(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct captured *found;
	struct file **fds;
	__u32 key = 0;

	found = bpf_map_lookup_elem(&captured, &key);
	if (!found || found->fd >= BPF_CORE_READ(task, files, fdt, max_fds))
		return 0;
	fds = BPF_CORE_READ(task, files, fdt, fd);
	bpf_probe_read_kernel(&found->file, sizeof(found->file), &fds[found->fd]);
	found->address = (__u64)(unsigned long)found->bytes;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
