// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * Programs that libbpf leaves to their loader to attach, of kinds that 6.1 knows. Two of a kind
 * where a place takes one: each needs a place of its own.
 */
#include "variant.h"

SEC("xdp")
int xdp_first(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp")
int xdp_second(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp.frags")
int xdp_frags(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp/devmap")
int xdp_devmap(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("xdp/cpumap")
int xdp_cpumap(struct xdp_md *ctx)
{
	return XDP_PASS;
}

SEC("tc")
int tc_first(struct __sk_buff *skb)
{
	return 0;
}

SEC("classifier")
int tc_second(struct __sk_buff *skb)
{
	return 0;
}

SEC("cgroup_skb/ingress")
int cgroup_skb(struct __sk_buff *skb)
{
	return 1;
}

SEC("cgroup/skb")
int cgroup_any(struct __sk_buff *skb)
{
	return 1;
}

SEC("cgroup/sock_create")
int cgroup_sock(struct bpf_sock *ctx)
{
	return 1;
}

SEC("cgroup/connect4")
int cgroup_connect(struct bpf_sock_addr *ctx)
{
	return 1;
}

SEC("cgroup/setsockopt")
int cgroup_sockopt(struct bpf_sockopt *ctx)
{
	ctx->optlen = -1;
	return 1;
}

SEC("cgroup/dev")
int cgroup_device(struct bpf_cgroup_dev_ctx *ctx)
{
	return 1;
}

SEC("cgroup/sysctl")
int cgroup_sysctl(struct bpf_sysctl *ctx)
{
	return 1;
}

SEC("sockops")
int sock_ops(struct bpf_sock_ops *ctx)
{
	return 1;
}

SEC("lsm_cgroup/socket_bind")
int BPF_PROG(cgroup_lsm, void *sock, void *address, int addrlen)
{
	return 1;
}

SEC("sk_lookup")
int lookup_first(struct bpf_sk_lookup *ctx)
{
	return SK_PASS;
}

SEC("sk_lookup")
int lookup_second(struct bpf_sk_lookup *ctx)
{
	return SK_PASS;
}

SEC("flow_dissector")
int dissector_first(struct __sk_buff *skb)
{
	return BPF_OK;
}

SEC("flow_dissector")
int dissector_second(struct __sk_buff *skb)
{
	return BPF_OK;
}

SEC("sk_msg")
int message(struct sk_msg_md *msg)
{
	return SK_PASS;
}

SEC("sk_skb/stream_parser")
int stream_parser(struct __sk_buff *skb)
{
	return skb->len;
}

SEC("sk_skb")
int stream_verdict(struct __sk_buff *skb)
{
	return SK_PASS;
}

SEC("socket")
int socket_filter(struct __sk_buff *skb)
{
	return 0;
}

SEC("sk_reuseport")
int reuseport(struct sk_reuseport_md *ctx)
{
	return SK_PASS;
}

SEC("perf_event")
int clock_event(void *ctx)
{
	return 0;
}

SEC("iter/task")
int iter_task(void *ctx)
{
	return 0;
}

SEC("iter/bpf_map_elem")
int iter_map(void *ctx)
{
	return 0;
}

SEC("iter/sockmap")
int iter_sockmap(void *ctx)
{
	return 0;
}

SEC("iter/cgroup")
int iter_cgroup(void *ctx)
{
	return 0;
}
