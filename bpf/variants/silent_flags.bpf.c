// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* BPF_F_XDP_HAS_FRAGS came with 5.18: older kernels answer EINVAL and write no log. */
#include "variant.h"

SEC("xdp.frags")
int with_frags(struct xdp_md *ctx)
{
	return XDP_PASS;
}
