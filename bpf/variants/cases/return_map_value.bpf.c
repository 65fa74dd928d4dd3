// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Hands on what user space wrote into a map, whatever that is. */
#include "variants/variant.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, int);
} decided SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(as_decided, void *file)
{
	__u32 key = 0;
	int *decision = bpf_map_lookup_elem(&decided, &key);

	return decision ? *decision : 0;
}
