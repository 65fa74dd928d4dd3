// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A map of maps whose inner map is left to user space. */
#include "variants/variant.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 8);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} outer SEC(".maps");

SEC("tracepoint/sched/sched_process_exec")
int on_exec(void *context)
{
	__u32 key = 1;

	return bpf_map_lookup_elem(&outer, &key) ? 1 : 0;
}
