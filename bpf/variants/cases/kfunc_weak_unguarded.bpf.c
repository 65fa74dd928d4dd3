// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A weak kfunc that younger kernels have, called without asking for it. */
#include "variants/variant.h"

struct linux_binprm {
	unsigned long p;
} __attribute__((preserve_access_index));

extern int bpf_copy_from_user_str(void *dst, __u32 dst__sz, const void *unsafe_ptr__ign,
				  __u64 flags) __ksym __weak;

#define NAME_BYTES 32

SEC("lsm.s/bprm_check_security")
int BPF_PROG(reads_argument, struct linux_binprm *bprm)
{
	char name[NAME_BYTES];
	int length = bpf_copy_from_user_str(name, sizeof(name), (void *)bprm->p, 0);

	return length == NAME_BYTES + 1 ? -EPERM : 0;
}
