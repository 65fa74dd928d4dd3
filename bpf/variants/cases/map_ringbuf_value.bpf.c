// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A ring buffer that says what its records are: cilium/ebpf drops that, the kernel refuses it. */
#include "variants/variant.h"

struct record {
	int pid;
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
	__type(value, struct record);
} records SEC(".maps");

SEC("kprobe/do_sys_openat2")
int BPF_KPROBE(reports)
{
	struct record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);

	if (record)
		bpf_ringbuf_submit(record, 0);
	return 0;
}
