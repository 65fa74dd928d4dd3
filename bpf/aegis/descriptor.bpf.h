/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* From a number in a system call to the file it means. */
#ifndef AEGIS_DESCRIPTOR_BPF_H
#define AEGIS_DESCRIPTOR_BPF_H

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "kernel_types.h"

/* The open file behind a descriptor of this process, or NULL. Another thread may replace it at any
 * moment. */
static __always_inline struct file *file_of_fd(__u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **slots = BPF_CORE_READ(table, fd);
	struct file *file = NULL;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), &slots[fd]);
	return file;
}

#endif
