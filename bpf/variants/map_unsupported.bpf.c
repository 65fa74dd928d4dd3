// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* One program uses a map of a type that no kernel has; its neighbour does not and must still be
 * judged by itself. */
#include "variant.h"

struct {
	__uint(type, 9999);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} from_the_future SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(uses_map, void *file, int ret)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&from_the_future, &key) ? ret : 0;
}

SEC("lsm/socket_connect")
int BPF_PROG(uses_no_map, void *sock, void *address, int addrlen, int ret)
{
	return ret;
}
