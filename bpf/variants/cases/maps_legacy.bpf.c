// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A map as it was declared before BTF: libbpf 1.0 no longer opens such an object. */
#include "variants/variant.h"

struct legacy_map {
	__u32 type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	__u32 map_flags;
};

struct legacy_map SEC("maps") packets = {
	.type = BPF_MAP_TYPE_ARRAY,
	.key_size = sizeof(__u32),
	.value_size = sizeof(__u64),
	.max_entries = 1,
};

SEC("xdp")
int count(struct xdp_md *context)
{
	__u32 key = 0;
	__u64 *total = bpf_map_lookup_elem(&packets, &key);

	if (total)
		__sync_fetch_and_add(total, 1);
	return XDP_PASS;
}
