// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The same missing field, read only where it exists: loads everywhere. */
#include "variant.h"

struct task_struct___lost {
	int no_such_field;
} __attribute__((preserve_access_index));

SEC("lsm/file_open")
int BPF_PROG(guarded_field, void *file, int ret)
{
	struct task_struct___lost *task = (void *)bpf_get_current_task();

	if (bpf_core_field_exists(task->no_such_field) && BPF_CORE_READ(task, no_such_field))
		return 0;
	return ret;
}
