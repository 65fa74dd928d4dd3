// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* What freplace.bpf.c replaces a function of, and a program that no kernel loads. */
#include "variant.h"

__noinline int decide(struct xdp_md *ctx)
{
	volatile int verdict = XDP_PASS;

	return verdict;
}

SEC("xdp")
int entry(struct xdp_md *ctx)
{
	return decide(ctx);
}

SEC("xdp")
int refused(struct xdp_md *ctx)
{
	return *(int *)(long)(ctx->data_end + 1);
}
