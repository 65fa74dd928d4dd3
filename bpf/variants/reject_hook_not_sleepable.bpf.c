// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Asks to sleep where the kernel frees a task, and nothing may. */
#include "variant.h"

SEC("lsm.s/task_free")
int BPF_PROG(sleepy, void *task)
{
	return 0;
}
