// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A CO-RE read of a field that no kernel has, on a path that is always taken. */
#include "variant.h"

struct task_struct___lost {
	int no_such_field;
} __attribute__((preserve_access_index));

SEC("lsm/file_open")
int BPF_PROG(lost_field, void *file, int ret)
{
	struct task_struct___lost *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, no_such_field) ? ret : 0;
}
