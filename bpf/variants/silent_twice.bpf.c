// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Two faults at once, on a kernel before 5.18: mending one of them is not enough. */
#include "variant.h"

int twice(struct xdp_md *ctx) asm("twice-refused");

SEC("xdp.frags")
int twice(struct xdp_md *ctx)
{
	return XDP_PASS;
}
