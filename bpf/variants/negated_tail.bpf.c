// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * A deny tail that the compiler lowers to a negation: 6.12 and 6.16 track r0 = -r0 as an unknown
 * scalar and want
 * [-4095, 0] at the exit of an LSM program. Kernels before and after do not mind.
 */
#include "variant.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} denied SEC(".maps");

SEC("lsm/socket_connect")
int BPF_PROG(negated_connect, void *sock, void *address, int addrlen, int ret)
{
	__u32 key = 0, *value;

	value = bpf_map_lookup_elem(&denied, &key);
	if (!value)
		return ret;
	return *value & 1 ? -EPERM : 0;
}
