// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * Denies every read and write in the machine while it is attached, the guest's own answer with
 * them: the harness must get its verdict all the same.
 */
#include "variant.h"

SEC("lsm/file_permission")
int BPF_PROG(deny_read_and_write)
{
	return -EPERM;
}

SEC("lsm/file_open")
int BPF_PROG(deny_open)
{
	return -EPERM;
}

SEC("lsm/task_kill")
int BPF_PROG(deny_kill)
{
	return -EPERM;
}
