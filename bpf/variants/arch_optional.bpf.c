// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* What is for one architecture in it, nobody has to load. */
#include "variant.h"

struct pt_regs {
	unsigned long di;
} __attribute__((preserve_access_index));

SEC("?kprobe/do_unlinkat")
int reads_di(struct pt_regs *ctx)
{
	return ctx->di == 0;
}

SEC("?kprobe/__x64_sys_unlink")
int enters_unlink(void *ctx)
{
	return 0;
}

SEC("kprobe/do_unlinkat")
int reads_nothing(void *ctx)
{
	return 0;
}
