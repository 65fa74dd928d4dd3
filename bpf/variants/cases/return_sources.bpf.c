// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Results that come from elsewhere: a helper, a negation of what nobody bounded, memory of the
 * kernel, a function of its own, the stack, and a test that was made and bounds too little. */
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
int BPF_PROG(from_helper, void *file)
{
	return bpf_get_prandom_u32();
}

SEC("lsm/file_open")
int BPF_PROG(from_negation, void *file)
{
	__u32 key = 0;
	int *decision = bpf_map_lookup_elem(&decided, &key);

	return decision ? -*decision : 0;
}

SEC("lsm/file_open")
int BPF_PROG(from_kernel, struct file *file)
{
	return file->f_flags;
}

__noinline int stranger(int seed)
{
	return seed * 7;
}

SEC("lsm/file_open")
int BPF_PROG(from_global, struct file *file)
{
	return stranger(file->f_flags);
}

static __noinline int relative(struct file *file)
{
	return file->f_flags & 3;
}

SEC("lsm/file_open")
int BPF_PROG(from_static, struct file *file)
{
	return relative(file);
}

SEC("lsm/file_open")
int BPF_PROG(half_tested, void *file)
{
	__u32 key = 0;
	int *decision = bpf_map_lookup_elem(&decided, &key);

	if (!decision)
		return 0;
	int result = *decision;

	asm volatile("" : "+r"(result));
	return result > 0 ? 0 : result;
}
