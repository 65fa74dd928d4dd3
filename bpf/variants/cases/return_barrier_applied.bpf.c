// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* An empty asm on the condition cures a negation that the compiler made, and neither of these. */
#include "variants/variant.h"

struct file {
	unsigned int f_flags;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, int);
} decided SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(as_decided, void *file)
{
	__u32 key = 0;
	int *decision = bpf_map_lookup_elem(&decided, &key);
	int condition = decision ? *decision : 0;

	asm volatile("" : "+r"(condition));
	return condition;
}

SEC("lsm/file_permission")
int BPF_PROG(no_writers, struct file *file, int mask)
{
	unsigned int condition = file->f_flags & 1;

	asm volatile("" : "+r"(condition));
	if (condition)
		return 1;
	return 0;
}
