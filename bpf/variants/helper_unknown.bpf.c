// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Calls a helper number that no kernel has. */
#include "variant.h"

static long (*bpf_from_the_future)(void) = (void *)9999;

SEC("lsm/file_open")
int BPF_PROG(future_helper, void *file, int ret)
{
	bpf_from_the_future();
	return ret;
}
