// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The hook is called mmap_file. No kernel has bpf_lsm_file_mmap; libbpf gives up before it asks
 * one. */
#include "variant.h"

SEC("lsm/file_mmap")
int BPF_PROG(wrong_hook, void *file, int ret)
{
	return ret;
}
