// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Reads a register that only x86-64 has: it is for no other architecture. */
#include "variant.h"

struct pt_regs {
	unsigned long di;
} __attribute__((preserve_access_index));

SEC("kprobe/do_unlinkat")
int reads_di(struct pt_regs *ctx)
{
	return ctx->di == 0;
}
