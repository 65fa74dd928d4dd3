// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * A map key with a hole that nobody writes: three bytes after `shard`. A loader with CAP_PERFMON
 * may read what the stack held since kernel commit 6715df8d5d24 (6.3), and so it may on
 * Debian's 5.10 and 6.1; one without may not. This type of program can be loaded without it.
 */
#include "variant.h"

struct key {
	__u8 shard;
	__u32 uid;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct key);
	__type(value, __u64);
} known SEC(".maps");

SEC("cgroup_skb/egress")
int holey_key(struct __sk_buff *skb)
{
	struct key key;

	key.shard = bpf_get_socket_cookie(skb);
	key.uid = bpf_get_socket_uid(skb);
	return bpf_map_lookup_elem(&known, &key) ? 0 : 1;
}
