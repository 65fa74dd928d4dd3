// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Reads registers of two architectures, each in a program of its own: whoever loads it chooses. */
#include "variant.h"

struct pt_regs {
	unsigned long di;
} __attribute__((preserve_access_index));
struct user_pt_regs {
	unsigned long long regs[31];
} __attribute__((preserve_access_index));

SEC("kprobe/do_unlinkat")
int reads_di(struct pt_regs *ctx)
{
	return ctx->di == 0;
}

SEC("kprobe/do_unlinkat")
int reads_x0(struct user_pt_regs *ctx)
{
	return ctx->regs[0] == 0;
}
