/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Files and the rules that match them. Shared by the LSM hooks and the tracepoints. */
#ifndef AEGIS_FILE_RULES_BPF_H
#define AEGIS_FILE_RULES_BPF_H

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "verdict.bpf.h"

/*
 * What names a file: the superblock's device and the inode's number. Every name of the file leads
 * here: a hard link, a symlink, a bind mount, `..`, /proc/self/fd.
 */
static __always_inline struct aegis_inode inode_identity(struct inode *inode)
{
	struct aegis_inode id = {};

	id.ino = BPF_CORE_READ(inode, i_ino);
	id.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	return id;
}

/* One offence against a file rule, for the event. */
struct file_offence {
	struct aegis_inode id;
	__u32 rule;
	__u32 origin;
};

static __noinline __u32 punish_file(const struct file_offence *offence)
{
	const struct agent_config *config = current_config();
	struct aegis_block_event *event;
	__u32 action;

	if (!config)
		return AEGIS_ACTION_ALLOW;
	action = punish(config, offence->origin);
	event = reserve_event(event);
	if (!event)
		return action;
	describe_subject(&event->head, AEGIS_EVENT_BLOCK);
	event->head.rule = offence->rule;
	event->head.action = action;
	event->ino = offence->id.ino;
	event->dev = offence->id.dev;
	bpf_ringbuf_submit(event, 0);
	return action;
}

/*
 * Judges an inode against the file or exec rules. Decision order of the contract: empty policy,
 * survival list, exempt cgroup, rule, audit mode, signal, -EPERM.
 */
static __noinline __u32 enforce_inode(struct inode *inode, __u32 wanted, __u32 origin)
{
	const struct agent_config *config = current_config();
	struct file_offence offence = {};
	__u32 *forbidden;

	if (!config || config->emergency_disable || config->file_policy_empty)
		return AEGIS_ACTION_ALLOW;
	offence.id = inode_identity(inode);
	if (bpf_map_lookup_elem(&survival, &offence.id) || subject_is_exempt())
		return AEGIS_ACTION_ALLOW;
	forbidden = bpf_map_lookup_elem(&deny_inode, &offence.id);
	if (!forbidden || !(*forbidden & wanted))
		return AEGIS_ACTION_ALLOW;
	offence.rule = wanted == AEGIS_INODE_EXEC ? AEGIS_RULE_EXEC : AEGIS_RULE_INODE;
	offence.origin = origin;
	return punish_file(&offence);
}

#endif
