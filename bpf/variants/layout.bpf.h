/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* The decision that the layouts of the deny tail share. What follows it is their own. */
#ifndef LAYOUT_BPF_H
#define LAYOUT_BPF_H

#include "variant.h"

enum hook {
	HOOK_CONNECT,
	HOOK_BIND,
	HOOK_LISTEN,
	HOOK_ACCEPT,
	HOOK_SENDMSG,
	HOOK_RECVMSG,
	HOOK_FILE_OPEN,
	HOOK_COUNT,
};

#define RULE_DENY 1

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, HOOK_COUNT);
	__type(key, __u32);
	__type(value, __u32);
} rules SEC(".maps");

/* Not inlined, as a decision of real size is not: the caller gets a 0 or 1 in a register. */
static __noinline _Bool is_denied(__u32 hook)
{
	__u32 *rule = bpf_map_lookup_elem(&rules, &hook);

	return rule && *rule & RULE_DENY;
}

#endif
