// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The smallest object that is right: one LSM program, one tracepoint. */
#include "variant.h"

SEC("lsm/file_open")
int BPF_PROG(healthy_open, void *file, int ret)
{
	return ret;
}

SEC("tp/syscalls/sys_enter_openat")
int healthy_openat(void *ctx)
{
	return 0;
}
