// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * A pointer that is chosen, put on the stack and used unchecked: on one of the ways it is NULL. And
 * one that was looked at, and is used whatever that came to.
 */
#include "variant.h"

struct file {
	unsigned int f_flags;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} rules SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(chosen, struct file *file)
{
	__u32 key = 0;
	__u32 *rule = bpf_map_lookup_elem(&rules, &key);

	if (!rule)
		return 0;
	if (file->f_flags & 1)
		rule = NULL;
	__u32 *volatile kept = rule;

	return *kept == 1 ? -EPERM : 0;
}

SEC("lsm/file_permission")
int BPF_PROG(looked_at, struct file *file, int mask)
{
	__u32 key = 0, found = 0;
	__u32 *volatile kept = bpf_map_lookup_elem(&rules, &key);
	__u32 *rule = kept;

	if (rule)
		found = 1;
	barrier_var(found);
	return *rule + found == 1 ? -EPERM : 0;
}
