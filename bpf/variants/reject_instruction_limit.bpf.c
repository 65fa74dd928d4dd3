// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * A loop that ends, after more steps than the verifier follows. The body is long, so that few
 * states are kept and the refusal comes soon.
 */
#include "variant.h"

SEC("lsm/file_open")
int BPF_PROG(too_long, void *file, int ret)
{
	asm volatile("r1 = 0\n\t"
		     "r2 = 0\n\t"
		     "1:\n\t"
		     ".rept 4000\n\t"
		     "r2 += 1\n\t"
		     ".endr\n\t"
		     "r1 += 1\n\t"
		     "if r1 < 1000 goto 1b\n\t" ::
			     : "r1", "r2");
	return ret;
}
