// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A helper that every kernel has, and that is not for LSM programs. */
#include "variant.h"

SEC("lsm/file_open")
int BPF_PROG(redirecting, void *file, int ret)
{
	bpf_redirect(1, 0);
	return ret;
}
