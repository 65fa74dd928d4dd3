/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* The file hooks. */
#ifndef AEGIS_FILE_BPF_H
#define AEGIS_FILE_BPF_H

#include <bpf/bpf_tracing.h>
#include "file_rules.bpf.h"

SEC("lsm/file_open")
int BPF_PROG(deny_open, struct file *file, int ret)
{
	if (ret)
		return ret;
	return lsm_return(action_denies(
		enforce_inode(BPF_CORE_READ(file, f_inode), AEGIS_INODE_FILE, ORIGIN_LSM)));
}

#endif
