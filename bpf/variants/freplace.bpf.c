// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Both are attached to a function of freplace_target.bpf.c, which the configuration names. */
#include "variant.h"

SEC("freplace")
int replaces(struct xdp_md *ctx)
{
	return XDP_DROP;
}

SEC("fexit")
int BPF_PROG(traces, struct xdp_md *packet, int ret)
{
	return 0;
}
