// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * The fault is the last of many instructions: its verdict stands at the end of a log of more than
 * 40 KB. */
#include "variant.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sink SEC(".maps");

#define STEP      bpf_probe_read_kernel(&word, sizeof(word), (void *)word);
#define STEPS_8   STEP STEP STEP STEP STEP STEP STEP STEP
#define STEPS_64  STEPS_8 STEPS_8 STEPS_8 STEPS_8 STEPS_8 STEPS_8 STEPS_8 STEPS_8
#define STEPS_256 STEPS_64 STEPS_64 STEPS_64 STEPS_64

SEC("lsm/file_open")
int BPF_PROG(late_fault, void *file, int ret)
{
	__u64 word = 1, *value;
	__u32 key = 0;

	STEPS_256
	value = bpf_map_lookup_elem(&sink, &key);
	*value = word;
	return ret;
}
