/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Planted faults. Each is a bug that an enforcement object could have; the harness must catch it. A
 * faulty object is this one compiled with one -DAEGIS_FAULT_NAME=1. In the real object every
 * predicate below is constant false and leaves no instruction.
 */
#ifndef AEGIS_FAULT_BPF_H
#define AEGIS_FAULT_BPF_H

#include <bpf/bpf_helpers.h>
#include "maps.bpf.h"
#include "planted.h"

/* file_open decides, punishes and reports, and lets it happen. */
FAULT(fault_hook_returns_zero, AEGIS_FAULT_HOOK_RETURNS_ZERO)

/* There is no program for locked_down. Tested by the preprocessor: a program is no expression. */
#define FAULT_PROGRAM_DROPPED FAULT_IS_ONE(AEGIS_FAULT_PROGRAM_DROPPED)

/* deny_ip compares the first 24 bits of an IPv4 address only. */
FAULT(fault_over_blocking, AEGIS_FAULT_OVER_BLOCKING)

/* Events of what was denied say AUDIT. */
FAULT(fault_action_mislabelled, AEGIS_FAULT_ACTION_MISLABELLED)

/* The name of the process is copied up to its NUL into a record whose name was not zeroed. */
FAULT(fault_dirty_event, AEGIS_FAULT_DIRTY_EVENT)

/* A denied bind is never reported. */
FAULT(fault_missing_event, AEGIS_FAULT_MISSING_EVENT)

/* The refusal is chosen by a bit, which clang 19 lowers to a negation: see lsm_return. */
FAULT(fault_negated_tail, AEGIS_FAULT_NEGATED_TAIL)

/* The record of a denied bind is reserved and neither submitted nor discarded. */
FAULT(fault_missing_submit, AEGIS_FAULT_MISSING_SUBMIT)

struct fault_neighbour {
	const struct aegis_addr *addr;
	_Bool found;
};

static long fault_compare_24_bits(void *map, const struct aegis_addr *rule, __u8 *value,
				  struct fault_neighbour *neighbour)
{
	const struct aegis_addr *addr = neighbour->addr;

	neighbour->found = rule->family == AEGIS_AF_INET && addr->family == AEGIS_AF_INET &&
			   rule->addr[0] == addr->addr[0] && rule->addr[1] == addr->addr[1] &&
			   rule->addr[2] == addr->addr[2];
	return neighbour->found;
}

static __always_inline _Bool fault_neighbour_is_denied(const struct aegis_addr *addr)
{
	struct fault_neighbour neighbour = {.addr = addr};

	bpf_for_each_map_elem(&deny_ip, fault_compare_24_bits, &neighbour, 0);
	return neighbour.found;
}

/* Opaque, so that the compiler sees a bit and not the comparison it came from. */
static __always_inline int fault_negated(_Bool denied)
{
	int bit = denied;

	asm volatile("" : "+r"(bit));
	return bit & 1 ? -EPERM : 0;
}

/* Zeroes a record but for the name of the process. */
#define FAULT_ZERO_ALL_BUT_COMM(slot)                                                              \
	({                                                                                         \
		const unsigned long _name = __builtin_offsetof(struct aegis_event, comm);          \
		const unsigned long _rest = _name + AEGIS_COMM_LEN;                                \
		__builtin_memset((slot), 0, _name);                                                \
		__builtin_memset((char *)(slot) + _rest, 0, sizeof(*(slot)) - _rest);              \
	})

static __always_inline void fault_copy_comm(char *to)
{
	char comm[AEGIS_COMM_LEN] = {};

	bpf_get_current_comm(comm, sizeof(comm));
	bpf_probe_read_kernel_str(to, AEGIS_COMM_LEN, comm);
}

#endif
