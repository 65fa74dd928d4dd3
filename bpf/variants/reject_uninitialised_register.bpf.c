// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A register is read that nothing was written to: here by assembly, elsewhere after a call. */
#include "variant.h"

SEC("lsm/file_open")
int BPF_PROG(stale_register, void *file, int ret)
{
	__u64 stale;

	asm volatile("%0 = r5" : "=r"(stale));
	return stale == 1 ? -EPERM : ret;
}
