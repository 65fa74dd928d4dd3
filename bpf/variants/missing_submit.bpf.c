// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A ring buffer record is reserved on one path and neither submitted nor discarded. */
#include "variant.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} events SEC(".maps");

SEC("lsm/socket_connect")
int BPF_PROG(leaky_connect, void *sock, void *address, int addrlen, int ret)
{
	__u64 *record;

	record = bpf_ringbuf_reserve(&events, sizeof(*record), 0);
	if (!record)
		return ret;
	*record = addrlen;
	if (addrlen == 16)
		bpf_ringbuf_submit(record, 0);
	return ret;
}
