// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The clamp in 64 bits: a copy of a whole register is one that the verifier follows. */
#include "layout.bpf.h"

#define MAX_ERRNO 4095

static __always_inline int deny_tail(_Bool denied)
{
	long result = denied ? -EPERM : 0;

	asm volatile("" : "+r"(result));
	if (result < -MAX_ERRNO)
		return -EPERM;
	if (result > 0)
		return 0;
	return result;
}

#include "layout_programs.bpf.h"
