// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Two functions with 320 bytes each, one called by the other: together more than the 512 there are.
 */
#include "variant.h"

#define BYTES 320

static __noinline int inner(int seed)
{
	char own[BYTES];

	bpf_get_current_comm(own, sizeof(own));
	return own[seed & 63];
}

SEC("lsm/file_open")
int BPF_PROG(deep, void *file, int ret)
{
	char own[BYTES];

	bpf_get_current_comm(own, sizeof(own));
	return inner(own[0]) + own[1] == 1 ? -EPERM : ret;
}
