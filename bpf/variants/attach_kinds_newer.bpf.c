// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * Attach types that came after 6.1: tcx (6.6), netkit (6.7). The programs load there all the same,
 * and can be attached nowhere.
 */
#include "variant.h"

SEC("tcx/ingress")
int tcx_ingress(struct __sk_buff *skb)
{
	return TCX_NEXT;
}

SEC("tcx/egress")
int tcx_egress(struct __sk_buff *skb)
{
	return TCX_NEXT;
}

SEC("netkit/primary")
int netkit_primary(struct __sk_buff *skb)
{
	return TCX_NEXT;
}

SEC("netkit/peer")
int netkit_peer(struct __sk_buff *skb)
{
	return TCX_NEXT;
}
