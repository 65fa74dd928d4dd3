/* SPDX-License-Identifier: Apache-2.0 */
/* Every hook the agent knows, and which rules cannot do without it. */
#ifndef AGENT_HOOKS_H
#define AGENT_HOOKS_H

#include <stddef.h>

#include "policy.h"

/* Kinds of rules, by the hooks they need. */
enum need {
	NEED_FILE = 1 << 0,
	NEED_EXEC = 1 << 1,
	NEED_REMOTE = 1 << 2, /* deny_ip, deny_cidr, deny_ip_port */
	NEED_EGRESS_PORT = 1 << 3,
	NEED_BIND_PORT = 1 << 4,
	NEED_PTRACE = 1 << 5,
	NEED_MODULE = 1 << 6,
	NEED_BPF = 1 << 7,
};

#define NEED_NETWORK (NEED_REMOTE | NEED_EGRESS_PORT | NEED_BIND_PORT)
/* What no tracepoint can serve: there is nothing to signal in time. */
#define NEED_LSM_ONLY (NEED_PTRACE | NEED_MODULE | NEED_BPF)

enum hook_kind {
	HOOK_LSM,
	HOOK_FALLBACK, /* tracepoint that judges where there is no BPF LSM */
	HOOK_CONTEXT,  /* tracepoint that is used either way */
};

struct hook {
	const char *name; /* as after the first slash of SEC */
	enum hook_kind kind;
	unsigned serves; /* enum need bits of the rules that need it; 0: an optional hook */
};

extern const struct hook hooks[];
extern const size_t hook_count;

/* The hook of a section name ("lsm/file_open", with or without a leading `?`), or NULL. */
const struct hook *hook_of_section(const char *section);

/* Which needs a policy has. */
unsigned policy_needs(const struct policy *policy);

#endif
