// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The value of a lookup is read as if a lookup could not fail. */
#include "variant.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} policy SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(unchecked, void *file, int ret)
{
	__u32 key = 0;
	__u64 *rule = bpf_map_lookup_elem(&policy, &key);

	if (ret)
		return ret;
	return *rule == 1 ? -EPERM : 0;
}
