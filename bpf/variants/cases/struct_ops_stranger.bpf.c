// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A table that every kernel here has, with a member that none has. */
#include "variants/variant.h"

struct sock;

struct tcp_congestion_ops {
	__u32 (*ssthresh)(struct sock *sk);
	__u32 (*undo_cwnd)(struct sock *sk);
	void (*cong_avoid)(struct sock *sk, __u32 ack, __u32 acked);
	void (*from_the_future)(struct sock *sk);
	char name[16];
};

SEC("struct_ops/half")
__u32 BPF_PROG(half, struct sock *sk)
{
	return 2;
}

SEC("struct_ops/same")
__u32 BPF_PROG(same, struct sock *sk)
{
	return 2;
}

SEC("struct_ops/nothing")
void BPF_PROG(nothing, struct sock *sk, __u32 ack, __u32 acked)
{
}

SEC("struct_ops/from_the_future")
void BPF_PROG(from_the_future, struct sock *sk)
{
}

SEC(".struct_ops")
struct tcp_congestion_ops stranger = {
	.ssthresh = (void *)half,
	.undo_cwnd = (void *)same,
	.cong_avoid = (void *)nothing,
	.from_the_future = (void *)from_the_future,
	.name = "bpf_stranger",
};
