// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Names that nobody has, each a slip away from one that every kernel has. */
#include "variants/variant.h"

SEC("?fentry/vfs_raed")
int BPF_PROG(on_read)
{
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_openatt")
int on_openat(void *context)
{
	return 0;
}

SEC("?tp_btf/sched_process_exce")
int BPF_PROG(on_exec)
{
	return 0;
}

SEC("kprobe/vfs_wirte")
int on_write(void *context)
{
	return 0;
}
