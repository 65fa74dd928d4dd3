// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The deny tail as an inline function that returns a conditional expression. */
#include "layout.bpf.h"

static __always_inline int deny_tail(_Bool denied)
{
	return denied ? -EPERM : 0;
}

#include "layout_programs.bpf.h"
