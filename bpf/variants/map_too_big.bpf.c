// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A map that is legal and larger than a guest of 256 MiB: nothing the object can be blamed for. */
#include "variant.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1 << 20);
	__type(key, __u32);
	__uint(value_size, 512);
} big SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(uses_big, void *file, int ret)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&big, &key) ? ret : 0;
}
