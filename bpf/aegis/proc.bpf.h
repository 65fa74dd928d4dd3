/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* What processes may do to each other and to the kernel: ptrace, modules, bpf(2). */
#ifndef AEGIS_PROC_BPF_H
#define AEGIS_PROC_BPF_H

#include <bpf/bpf_tracing.h>
#include "drift.bpf.h"
#include "file_rules.bpf.h"

/* The flag of a rule without items. */
static __always_inline _Bool rule_is_set(const struct agent_config *config, __u32 rule)
{
	if (rule == AEGIS_RULE_PTRACE)
		return config->deny_ptrace;
	if (rule == AEGIS_RULE_MODULE_LOAD)
		return config->deny_module_load;
	return config->deny_bpf;
}

GLOBAL __u32 enforce_offence(const struct offence *offence)
{
	const struct agent_config *config = current_config();

	if (!offence || !config || config->emergency_disable ||
	    !rule_is_set(config, offence->rule) || task_is_exempt())
		return AEGIS_ACTION_ALLOW;
	return punish_offence(offence, NULL);
}

/* `inode`: of the module being loaded, or NULL. `target_pid`: of the process being traced, or 0. */
static __always_inline __u32 enforce_flag(__u32 rule, struct inode *inode, __u32 target_pid)
{
	struct offence offence = {.rule = rule, .target_pid = target_pid};

	if (inode)
		offence.id = inode_identity(inode);
	return enforce_offence(&offence);
}

/*
 * Only attaching: PTRACE_MODE_READ is asked by every reader of /proc. process_vm_readv(2) and
 * /proc/PID/mem count as attaching.
 */
SEC("lsm/ptrace_access_check")
int BPF_PROG(deny_ptrace, struct task_struct *child, unsigned int mode, int ret)
{
	if (ret)
		return ret;
	if (!(mode & PTRACE_MODE_ATTACH))
		return 0;
	return lsm_return(
		action_denies(enforce_flag(AEGIS_RULE_PTRACE, NULL, BPF_CORE_READ(child, tgid))));
}

/* The same tracing begun from the other side: PTRACE_TRACEME never asks ptrace_access_check. */
SEC("lsm/ptrace_traceme")
int BPF_PROG(deny_traceme, struct task_struct *parent, int ret)
{
	if (ret)
		return ret;
	return lsm_return(action_denies(enforce_flag(AEGIS_RULE_PTRACE, NULL, current_tgid())));
}

/* finit_module(2). */
SEC("lsm/kernel_read_file")
int BPF_PROG(deny_module_file, struct file *file, int id, _Bool contents, int ret)
{
	if (ret)
		return ret;
	if (!reads_module(id))
		return 0;
	return lsm_return(action_denies(
		enforce_flag(AEGIS_RULE_MODULE_LOAD, BPF_CORE_READ(file, f_inode), 0)));
}

/* init_module(2). */
SEC("lsm/kernel_load_data")
int BPF_PROG(deny_module_data, int id, _Bool contents, int ret)
{
	if (ret)
		return ret;
	if (!loads_module(id))
		return 0;
	return lsm_return(action_denies(enforce_flag(AEGIS_RULE_MODULE_LOAD, NULL, 0)));
}

#if !FAULT_PROGRAM_DROPPED
/*
 * A second lock on the same doors: a module without a signature, and a BPF program that could write
 * into user memory. No other reason is judged; some are asked from interrupts, where `current` is a
 * bystander.
 */
SEC("lsm/locked_down")
int BPF_PROG(deny_locked_down, int what, int ret)
{
	if (ret)
		return ret;
	if (is_unsigned_module(what))
		return lsm_return(action_denies(enforce_flag(AEGIS_RULE_MODULE_LOAD, NULL, 0)));
	if (is_bpf_user_write(what))
		return lsm_return(action_denies(enforce_flag(AEGIS_RULE_BPF, NULL, 0)));
	return 0;
}
#endif

/* Not BPF_PROG: the place of `ret` depends on the kernel. */
SEC("lsm/bpf")
int deny_bpf(unsigned long long *ctx)
{
	int ret = bpf_hook_ret(ctx);

	if (ret)
		return ret;
	return lsm_return(action_denies(enforce_flag(AEGIS_RULE_BPF, NULL, 0)));
}

#endif
