// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A loop that never ends: newer kernels print this verdict on the line of the jump. */
#include "variant.h"

SEC("lsm/file_open")
int BPF_PROG(endless, void *file, int ret)
{
	asm volatile("r1 = 0\n\t"
		     "1: r1 &= 1\n\t"
		     "if r1 != 7 goto 1b\n\t" ::
			     : "r1");
	return ret;
}
