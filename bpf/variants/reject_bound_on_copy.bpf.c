// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The lower half of an index is tested, and the whole of it is used. */
#include "variant.h"

#define SLOTS 16

struct table {
	__u64 index;
	char slots[SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table);
} tables SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(half_tested, void *file)
{
	__u32 key = 0, low;
	struct table *table = bpf_map_lookup_elem(&tables, &key);

	if (!table)
		return 0;
	__u64 index = table->index;

	low = index;
	barrier_var(low);
	if (low >= SLOTS)
		return 0;
	return table->slots[index] == 1 ? -EPERM : 0;
}
