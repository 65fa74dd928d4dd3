// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * A map key with a hole that nobody writes: three bytes after `kind`. Privileged programs may read
 * what the stack held since kernel commit 6715df8d5d24 (6.3), and so they may on Debian's 5.10
 * and 6.1.
 */
#include "variant.h"

struct key {
	__u8 kind;
	__u32 id;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, struct key);
	__type(value, __u64);
} known SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(holey_key, void *file, int ret)
{
	struct key key;

	key.kind = 1;
	key.id = bpf_get_prandom_u32();
	return bpf_map_lookup_elem(&known, &key) ? -EPERM : ret;
}
