/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* What may be executed, and what may be mapped. */
#ifndef AEGIS_EXEC_BPF_H
#define AEGIS_EXEC_BPF_H

#include <bpf/bpf_tracing.h>
#include "file.bpf.h"

/* Called for a script and again for its interpreter. */
SEC("lsm/bprm_check_security")
int BPF_PROG(deny_exec, struct linux_binprm *bprm, int ret)
{
	struct file *file;
	__u32 action;

	if (ret)
		return ret;
	file = bprm->file;
	action = enforce_inode(BPF_CORE_READ(file, f_inode), AEGIS_INODE_EXEC, ORIGIN_LSM);
	if (action == AEGIS_ACTION_ALLOW)
		action = enforce_pending_path(file, AEGIS_INODE_EXEC);
	return lsm_return(action_denies(action));
}

/*
 * Two things at once. A file under a file rule that was opened before the rule was there, or by an
 * exempt process, is refused to be mapped, whatever the protection: its bytes would be read without
 * another hook. And the other way to run a file: have the dynamic loader map it. `file` is NULL for
 * an anonymous mapping.
 */
SEC("lsm/mmap_file")
int BPF_PROG(deny_mapping, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	struct inode *inode;
	__u32 action;

	if (ret)
		return ret;
	if (!file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	action = enforce_inode(inode, AEGIS_INODE_FILE, ORIGIN_LSM);
	if (action == AEGIS_ACTION_ALLOW && (prot & PROT_EXEC))
		action = enforce_inode(inode, AEGIS_INODE_EXEC, ORIGIN_LSM);
	return lsm_return(action_denies(action));
}

#endif
