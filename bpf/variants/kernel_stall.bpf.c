// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * Verifies, attaches, and then keeps a CPU for ever with preemption off: the machine that survives
 * its load verdict and dies of what follows. bpf_loop came with 5.17 (kernel commit e6f2dd0f8067).
 */
#include "variant.h"

static long nothing(__u64 index, void *context)
{
	return 0;
}

static long many(__u64 index, void *context)
{
	bpf_loop(1 << 23, nothing, 0, 0);
	return 0;
}

SEC("tp/syscalls/sys_enter_ioctl")
int stall(void *ctx)
{
	bpf_loop(1 << 23, many, 0, 0);
	return 0;
}
