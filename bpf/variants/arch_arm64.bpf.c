// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Reads a register as arm64 has them: it is for no other architecture. */
#include "variant.h"

struct user_pt_regs {
	unsigned long long regs[31];
} __attribute__((preserve_access_index));

SEC("kprobe/do_unlinkat")
int reads_x0(struct user_pt_regs *ctx)
{
	return ctx->regs[0] == 0;
}
