/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Who is traced: processes that were named, and whoever descends from them. */
#ifndef LSMAUDIT_FAMILY_BPF_H
#define LSMAUDIT_FAMILY_BPF_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "fault.bpf.h"
#include "kernel.bpf.h"
#include "lsmaudit.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct audit_traced);
} traced SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LOST_KINDS);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

static __always_inline void count_lost(__u32 kind)
{
	__u64 *count = bpf_map_lookup_elem(&lost, &kind);

	if (count)
		__sync_fetch_and_add(count, 1);
}

/* Fills in when the current process came to be traced; false for one that is not. */
static __always_inline _Bool is_traced(__u32 pid, __u64 *since)
{
	struct audit_traced *found = bpf_map_lookup_elem(&traced, &pid);

	*since = found ? found->since : 0;
	return found || fault_traces_everybody();
}

/* Before the child has run for the first time. A new thread is no new process. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(follow_fork, struct task_struct *parent, struct task_struct *child)
{
	struct audit_traced since = {.since = bpf_ktime_get_ns()};
	__u32 from = parent->tgid, to = child->tgid;

	if (from == to || !bpf_map_lookup_elem(&traced, &from))
		return 0;
	if (bpf_map_update_elem(&traced, &to, &since, BPF_ANY))
		count_lost(LOST_FAMILY);
	return 0;
}

/* With its last thread; its pid may then belong to a stranger. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(forget_exit, struct task_struct *task)
{
	__u32 pid = task->tgid;

	if (!task->signal->live.counter)
		bpf_map_delete_elem(&traced, &pid);
	return 0;
}

#endif
