// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The condition goes through an empty asm: the compiler no longer knows that it is 0 or 1. */
#include "layout.bpf.h"

static __always_inline int deny_tail(_Bool denied)
{
	__u32 condition = denied;

	asm volatile("" : "+r"(condition));
	return condition ? -EPERM : 0;
}

#include "layout_programs.bpf.h"
