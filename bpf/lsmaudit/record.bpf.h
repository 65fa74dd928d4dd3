/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* The ring buffer, and how a record in it begins. */
#ifndef LSMAUDIT_RECORD_BPF_H
#define LSMAUDIT_RECORD_BPF_H

#include "family.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20); /* the agent sets its own */
} events SEC(".maps");

/* A slot holds what lay in it before: all of it is zeroed. NULL, and counted, when there is no
 * room. */
#define RESERVE(kind)                                                                              \
	({                                                                                         \
		typeof(kind) *_record = bpf_ringbuf_reserve(&events, sizeof(*_record), 0);         \
                                                                                                   \
		if (!_record)                                                                      \
			count_lost(LOST_RING);                                                     \
		else if (!fault_missing_memset())                                                  \
			__builtin_memset(_record, 0, sizeof(*_record));                            \
		_record;                                                                           \
	})

static __always_inline void fill_head(struct audit_head *head, __u32 type, __u32 pid)
{
	char comm[AUDIT_COMM_LEN] = {};

	head->type = type;
	head->pid = pid;
	bpf_get_current_comm(comm, sizeof(comm));
	bpf_probe_read_kernel_str(head->comm, sizeof(head->comm), comm);
}

static __always_inline void discard(void *record)
{
	count_lost(LOST_READ);
	bpf_ringbuf_discard(record, 0);
}

/* An observer has no opinion: what comes in goes out. */
static __always_inline int passed_on(int ret)
{
	if (fault_returns_zero())
		return 0;
	return ret;
}

#endif
