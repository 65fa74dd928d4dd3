// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * The result goes through an empty asm and is then clamped to what the kernel wants, in the type
 * that an LSM program returns.
 */
#include "layout.bpf.h"

#define MAX_ERRNO 4095

static __always_inline int deny_tail(_Bool denied)
{
	int result = denied ? -EPERM : 0;

	asm volatile("" : "+r"(result));
	if (result < -MAX_ERRNO)
		return -EPERM;
	if (result > 0)
		return 0;
	return result;
}

#include "layout_programs.bpf.h"
