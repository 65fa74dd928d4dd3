/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* A process by its name, whatever it opens or connects to. Its children have the name as well,
 * until they give themselves another. */
#ifndef MINI_PROCESS_BPF_H
#define MINI_PROCESS_BPF_H

#include "verdict.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, struct mini_name);
	__type(value, __u8);
} processes SEC(".maps");

static __noinline int match_process(__u32 kind)
{
	struct mini_record record = {.kind = kind};
	struct mini_name name = {};

	bpf_get_current_comm(&name, sizeof(name));
	if (!bpf_map_lookup_elem(&processes, &name))
		return 0;
	send_record(&record);
	return 1;
}

#endif
