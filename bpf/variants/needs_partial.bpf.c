// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* An agent with optional programs: one is refused by the verifier, one uses a map that no kernel
 * has, one finds no place to be attached to, and two are all right. */
#include "variant.h"

struct {
	__uint(type, 9999);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} from_the_future SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

SEC("tracepoint/sched/sched_process_exec")
int counts_exec(void *context)
{
	__u32 key = 1;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	if (count)
		__sync_fetch_and_add(count, 1);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int counts_exit(void *context)
{
	return 0;
}

SEC("tracepoint/sched/sched_process_fork")
int checks_nothing(void *context)
{
	__u32 key = 1;
	__u64 *count = bpf_map_lookup_elem(&counts, &key);

	return *count;
}

SEC("tracepoint/sched/sched_switch")
int uses_the_future(void *context)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&from_the_future, &key) ? 1 : 0;
}

SEC("kprobe/no_kernel_has_this_function")
int finds_no_place(void *context)
{
	return 0;
}
