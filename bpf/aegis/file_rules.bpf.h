/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Files and the rules that match them. Shared by the LSM hooks and the tracepoints. */
#ifndef AEGIS_FILE_RULES_BPF_H
#define AEGIS_FILE_RULES_BPF_H

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "verdict.bpf.h"

/* How many rules of `deny_path` are AEGIS_PATH_PENDING. While it is 0 no path is built on the LSM
 * side. */
volatile __u32 pending_path_rules SEC(".data.pending") = 0;

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

/* One offence against a rule that is not about the network. Always zeroed first. */
struct offence {
	struct aegis_inode id;
	__u32 rule;
	__u32 origin;
	__u32 target_pid;
	__u32 pad;
};

/* Punishes and reports. `path`: a zero-padded path for the event, or NULL. */
GLOBAL __u32 punish_offence(const struct offence *offence, const struct aegis_path *path)
{
	const struct agent_config *config = current_config();
	struct aegis_block_event *event;
	__u32 action;

	if (!config || !offence)
		return AEGIS_ACTION_ALLOW;
	action = punish(offence->origin);
	if (is_sampled_out(config, action))
		return action;
	event = reserve_event(event);
	if (!event)
		return action;
	describe_task(&event->head, AEGIS_EVENT_BLOCK);
	event->head.rule = offence->rule;
	event->head.action = reported_action(action);
	event->ino = offence->id.ino;
	event->dev = offence->id.dev;
	event->target_pid = offence->target_pid;
	if (path)
		__builtin_memcpy(event->path, path->path, sizeof(event->path));
	bpf_ringbuf_submit(event, 0);
	return action;
}

/* No file rule is in force, for anyone. */
static __always_inline _Bool file_rules_rest(const struct agent_config *config)
{
	return !config || config->emergency_disable || config->file_policy_empty;
}

/*
 * Judges an inode against the file or exec rules. Decision order of the contract: empty policy,
 * survival list, exempt cgroup, rule, audit mode, signal, -EPERM.
 */
GLOBAL __u32 enforce_identity(const struct aegis_inode *id, __u32 wanted, __u32 origin)
{
	struct offence offence = {};
	__u32 *forbidden;

	if (!id)
		return AEGIS_ACTION_ALLOW;
	offence.id = *id;
	if (bpf_map_lookup_elem(&survival, &offence.id) || task_is_exempt())
		return AEGIS_ACTION_ALLOW;
	forbidden = bpf_map_lookup_elem(&deny_inode, &offence.id);
	if (!forbidden || !(*forbidden & wanted))
		return AEGIS_ACTION_ALLOW;
	offence.rule = wanted == AEGIS_INODE_EXEC ? AEGIS_RULE_EXEC : AEGIS_RULE_INODE;
	offence.origin = origin;
	return punish_offence(&offence, NULL);
}

/* The same of an inode itself, which no global function can take: its type is the kernel's. */
static __always_inline __u32 enforce_inode(struct inode *inode, __u32 wanted, __u32 origin)
{
	struct aegis_inode id;

	if (!inode || file_rules_rest(current_config()))
		return AEGIS_ACTION_ALLOW;
	id = inode_identity(inode);
	return enforce_identity(&id, wanted, origin);
}

/* The bits a path is forbidden, 0 for none. */
static __always_inline __u32 path_rule(const struct aegis_path *path)
{
	__u32 *forbidden = bpf_map_lookup_elem(&deny_path, path);

	return forbidden ? *forbidden : 0;
}

#endif
