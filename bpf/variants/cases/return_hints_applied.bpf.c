// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* What the hints ask for, one program a hint: all of them load everywhere. */
#include "variants/variant.h"

#define ERRNO_MAX 4095

struct file {
	unsigned int f_flags;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, int);
} decided SEC(".maps");

/*
 * The test is made on the whole register, and the copy that is returned is made after it: without
 * the first barrier clang tests the lower half, without the second it copies before it tests.
 */
#define CLAMPED(value)                                                                             \
	({                                                                                         \
		long result = (value);                                                             \
		barrier_var(result);                                                               \
		if (result > 0 || result < -ERRNO_MAX)                                             \
			return -EPERM;                                                             \
		barrier_var(result);                                                               \
		result;                                                                            \
	})

/* A number of the program's own: 0, or a negative errno, behind a condition that stays one. */
SEC("lsm/file_open")
int BPF_PROG(constant, struct file *file)
{
	__u32 condition = file->f_flags & 1;

	barrier_var(condition);
	if (condition)
		return -EPERM;
	return 0;
}

/* A value of a map, clamped. */
SEC("lsm/file_open")
int BPF_PROG(clamped, void *file)
{
	__u32 key = 0;
	int *decision = bpf_map_lookup_elem(&decided, &key);

	return CLAMPED(decision ? *decision : 0);
}

/* Clamped after the negation. */
SEC("lsm/file_open")
int BPF_PROG(negated, void *file)
{
	__u32 key = 0;
	int *decision = bpf_map_lookup_elem(&decided, &key);

	return CLAMPED(decision ? -*decision : 0);
}

/* What a helper returned, clamped. */
SEC("lsm/file_open")
int BPF_PROG(helped, void *file)
{
	return CLAMPED((int)bpf_get_prandom_u32());
}

/* What a global function returned, clamped. */
__noinline int stranger(int seed)
{
	return seed * 7;
}

SEC("lsm/file_open")
int BPF_PROG(called, struct file *file)
{
	return CLAMPED(stranger(file->f_flags));
}
