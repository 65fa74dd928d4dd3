// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Nothing of this loads and is attached by itself: a loader knows what it needs, and so does the
 * configuration of harness/test/vm/needs.test.ts. */
#include "variant.h"

#define ROOM 16

/* Bytes that are cleared; its loader sets it to what fits. */
const volatile __u32 cleared = 64;
const volatile char owner[8] = "nobody";

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 0);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 4);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, sizeof(__u32));
} outer SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} shared SEC(".maps");

SEC("fentry")
int BPF_PROG(on_function)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&shared, &key);

	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}

SEC("kprobe")
int on_probe(void *context)
{
	__u32 key = 0;
	void *inner = bpf_map_lookup_elem(&outer, &key);

	return inner && bpf_map_lookup_elem(inner, &key) ? 1 : 0;
}

SEC("tp")
int on_tracepoint(void *context)
{
	char room[ROOM] = {};

	for (__u32 i = 0; i < cleared && i < 64; i++)
		room[i] = 1;
	return owner[0] == 'm' ? room[0] : 0;
}

/* No loader wants it. */
SEC("raw_tp/sched_process_exec")
int unwanted(void *context)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	return *count;
}

SEC("raw_tp")
int on_raw_tracepoint(void *context)
{
	__u32 key = 0;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	return count ? 1 : 0;
}
