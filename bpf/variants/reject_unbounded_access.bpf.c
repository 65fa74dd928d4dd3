// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* An index that comes from outside is used on an array without a bound. */
#include "variant.h"

struct table {
	__u32 slots[16];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table);
} ports SEC(".maps");

SEC("lsm/socket_connect")
int BPF_PROG(unbounded, void *sock, void *address, int addrlen, int ret)
{
	struct table *table;
	__u32 key = 0;

	table = bpf_map_lookup_elem(&ports, &key);
	if (!table)
		return ret;
	if (table->slots[(__u32)addrlen] == 1)
		return -EPERM;
	return ret;
}
