// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* More instructions than BPF_PROG_LOAD takes: E2BIG before the verifier begins, empty log. */
#include "variant.h"

SEC("lsm/file_open")
int too_many(void *ctx)
{
	asm volatile(".rept 1000001; r0 = 0; .endr" ::: "r0");
	return 0;
}
