/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* The acting task: its process, whether it is exempt, and the head of every event about it. */
#ifndef AEGIS_TASK_BPF_H
#define AEGIS_TASK_BPF_H

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include "kernel_types.h"
#include "fault.bpf.h"
#include "maps.bpf.h"

const volatile struct aegis_knobs knobs SEC(".rodata.knobs") = {};

static __always_inline const struct agent_config *current_config(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&agent_config, &zero);
}

static __always_inline __u32 current_tgid(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

/*
 * bpf_get_current_task and probing reads, not bpf_get_current_task_btf: the same helper then serves
 * LSM programs and tracepoints on every kernel, 5.10 included.
 */
static __always_inline struct task_struct *current_leader(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, group_leader);
}

static __always_inline _Bool task_is_exempt(void)
{
	__u64 cgroup = bpf_get_current_cgroup_id();

	if (knobs.agent_tgid && current_tgid() == knobs.agent_tgid)
		return 1;
	return bpf_map_lookup_elem(&allow_cgroup, &cgroup) != NULL;
}

/* The process that forked this one; for processes older than the object, the parent of now. */
static __always_inline __u32 parent_tgid(struct task_struct *leader)
{
	__u32 tgid = current_tgid();
	__u32 *forker = bpf_map_lookup_elem(&forked_by, &tgid);

	return forker ? *forker : (__u32)BPF_CORE_READ(leader, real_parent, tgid);
}

/* Fills every byte of the head; the caller has zeroed the record. */
static __always_inline void describe_task(struct aegis_event *head, __u32 type)
{
	struct task_struct *leader = current_leader();

	head->type = type;
	head->pid = current_tgid();
	head->ppid = parent_tgid(leader);
	head->start_time = BPF_CORE_READ(leader, start_boottime);
	head->cgid = bpf_get_current_cgroup_id();
	if (fault_dirty_event())
		fault_copy_comm(head->comm);
	else
		bpf_get_current_comm(head->comm, sizeof(head->comm));
}

/* With `event_sample_rate` N only one in N events that changed nothing is sent; what was denied is
 * always sent. */
static __always_inline _Bool is_sampled_out(const struct agent_config *config, __u32 action)
{
	if (action != AEGIS_ACTION_AUDIT || config->event_sample_rate < 2)
		return 0;
	return bpf_get_prandom_u32() % config->event_sample_rate != 0;
}

static __always_inline void count_lost_event(void)
{
	__u32 zero = 0;
	__u64 *lost = bpf_map_lookup_elem(&events_lost, &zero);

	if (lost)
		(*lost)++;
}

/*
 * A ring buffer slot still holds the record that was there before, so it is zeroed whole before it
 * is filled: no byte reaches user space that this program did not write.
 */
#define reserve_event(record)                                                                      \
	({                                                                                         \
		typeof(record) _slot = bpf_ringbuf_reserve(&events, sizeof(*_slot), 0);            \
		if (_slot && fault_dirty_event())                                                  \
			FAULT_ZERO_ALL_BUT_COMM(_slot);                                            \
		else if (_slot)                                                                    \
			__builtin_memset(_slot, 0, sizeof(*_slot));                                \
		else                                                                               \
			count_lost_event();                                                        \
		_slot;                                                                             \
	})

#endif
