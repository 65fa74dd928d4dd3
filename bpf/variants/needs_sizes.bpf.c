// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Maps that libbpf and cilium/ebpf ask the kernel for in different words. */
#include "variant.h"

struct record {
	__u64 time;
	__u64 bytes;
};

/* For bpf2go: the kernel wants 4 bytes, which cilium/ebpf makes of it. */
struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(value, struct record);
} samples SEC(".maps");

/* libbpf rounds it up, cilium/ebpf does not. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 5000);
} records SEC(".maps");

SEC("raw_tp/sched_process_exec")
int samples_exec(void *context)
{
	struct record record = {};

	return bpf_perf_event_output(context, &samples, BPF_F_CURRENT_CPU, &record, sizeof(record));
}

SEC("raw_tp/sched_process_exit")
int records_exit(void *context)
{
	struct record record = {};

	return bpf_ringbuf_output(&records, &record, sizeof(record), 0);
}
