// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Calls a kfunc that no kernel has: libbpf resolves externs for the whole object and gives up
 * before any load. */
#include "variant.h"

extern int bpf_kfunc_from_the_future(void) __ksym;

SEC("lsm/file_open")
int BPF_PROG(future_kfunc, void *file, int ret)
{
	return bpf_kfunc_from_the_future() ? ret : 0;
}
