/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* What is done about an attempt that a rule matches, and how it is reported. */
#ifndef MINI_VERDICT_BPF_H
#define MINI_VERDICT_BPF_H

#include <bpf/bpf_core_read.h>

#include "kernel.bpf.h"
#include "mini.h"

#define REFUSED (-13) /* EACCES, where the contract has EPERM */

const volatile struct mini_config config = {};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} records SEC(".maps");

static __always_inline void send_record(const struct mini_record *what)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct mini_record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);

	if (!record)
		return;
	__builtin_memcpy(record, what, sizeof(*record));
	record->pid = bpf_get_current_pid_tgid() >> 32;
	record->ppid = BPF_CORE_READ(leader, real_parent, tgid);
	record->denied = config.enforce;
	record->start_ns = BPF_CORE_READ(leader, start_boottime);
	record->cgroup = bpf_get_current_cgroup_id();
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	bpf_ringbuf_submit(record, 0);
}

/* Opaque to the compiler: some kernels want a plain constant at the exit of an LSM program. */
static __always_inline int answer(int matched)
{
	int refused = REFUSED;

	asm volatile("" : "+r"(refused));
	if (matched && config.enforce)
		return refused;
	return 0;
}

#endif
