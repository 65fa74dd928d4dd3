// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Follows a pointer that its helper hands out as a number. */
#include "variant.h"

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

SEC("lsm/file_open")
int BPF_PROG(followed, void *file)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return task->pid == 1 ? -EPERM : 0;
}
