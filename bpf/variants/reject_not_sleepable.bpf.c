// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Reads the memory of a process, which may sleep, in a program that must not. */
#include "variant.h"

SEC("lsm/bprm_check_security")
int BPF_PROG(wakeful, void *bprm)
{
	char byte = 0;

	bpf_copy_from_user(&byte, sizeof(byte), (void *)0x1000);
	return byte == 1 ? -EPERM : 0;
}
