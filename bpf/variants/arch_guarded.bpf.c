// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Reads a register only where the kernel has it: for every architecture. */
#include "variant.h"
#include <bpf/bpf_core_read.h>

struct pt_regs {
	unsigned long di;
} __attribute__((preserve_access_index));

SEC("kprobe/do_unlinkat")
int reads_di_if_any(struct pt_regs *ctx)
{
	return bpf_core_field_exists(ctx->di) ? ctx->di == 0 : 0;
}
