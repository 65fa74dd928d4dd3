/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* The lives of processes: who forked whom, and what to forget when one ends. */
#ifndef AEGIS_LINEAGE_BPF_H
#define AEGIS_LINEAGE_BPF_H

#include "task.bpf.h"

/* Runs in the forking thread. A new thread leaves an entry too; its number is nobody's thread
 * group, so none asks it. */
SEC("tracepoint/sched/sched_process_fork")
int note_fork(struct trace_event_raw_sched_process_fork *ctx)
{
	__u32 child = ctx->child_pid;
	__u32 forker = current_tgid();

	bpf_map_update_elem(&forked_by, &child, &forker, BPF_ANY);
	return 0;
}

/* Runs in the exiting thread; a process is gone with its leader as far as these maps care. */
SEC("tracepoint/sched/sched_process_exit")
int forget_exit(void *ctx)
{
	struct process_key key = {.tgid = current_tgid()};

	if ((__u32)bpf_get_current_pid_tgid() != key.tgid)
		return 0;
	key.start_time = BPF_CORE_READ(current_leader(), start_boottime);
	bpf_map_delete_elem(&violations, &key);
	bpf_map_delete_elem(&forked_by, &key.tgid);
	return 0;
}

#endif
