/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent may call itself. Pure: no system call, no state; tested with its whole truth
 * table. */
#ifndef AGENT_POSTURE_H
#define AGENT_POSTURE_H

#include <stdbool.h>

enum gate_mode {
	GATE_FAIL_CLOSED,
	GATE_AUDIT_FALLBACK,
};

enum runtime_state {
	STATE_AUDIT,
	STATE_ENFORCE,
	STATE_ENFORCE_SIGNAL,
	STATE_AUDIT_FALLBACK,
	STATE_DEGRADED,
};

/* What was asked, and what is true now. */
struct posture_facts {
	bool usable; /* policy read, object loaded, something attached: there is an agent at all */
	bool enforce_asked;      /* --enforce */
	bool lsm_has_bpf;        /* `bpf` in the LSM list */
	bool hooks_refused;      /* and the kernel attaches no program to any hook */
	bool hooks_attached;     /* every hook the policy needs */
	bool fallback_asked;     /* --enforce-fallback=signal */
	bool signal_deliverable; /* every tracepoint the policy needs, for rules a tracepoint can
				    serve */
	enum gate_mode gate;
};

/* Can a program be attached to an LSM hook here, as far as is known. */
bool posture_has_hooks(const struct posture_facts *facts);

/* The state that is true. STATE_DEGRADED: the agent must say so and exit 1. */
enum runtime_state posture_decide(const struct posture_facts *facts);

/* True when matched rules are acted on, false when they are only reported. */
bool posture_enforces(enum runtime_state state);

/* As in the report: "AUDIT", ... */
const char *posture_name(enum runtime_state state);

#endif
