/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Planted faults. Each is a bug that an agent could have; the harness must catch it. A faulty agent
 * is built from the same sources with one -DAEGIS_FAULT_NAME=1. In the real agent every predicate
 * below is constant false, so the compiler drops what depends on it, and fault.c is not linked.
 */
#ifndef AGENT_FAULT_H
#define AGENT_FAULT_H

#include <stdbool.h>

#include "planted.h"
#include "posture.h"

/* Looks network, exec and mmap hooks up in BTF by their bare names, finds none, and takes what is
 * not there for not needed. */
FAULT(fault_bare_hooks, AEGIS_FAULT_BARE_HOOKS)

/* Lets go of the link of file_open as soon as it has it, and takes it for attached. */
FAULT(fault_dead_hook, AEGIS_FAULT_DEAD_HOOK)

/* Takes a program that the kernel refuses to attach for attached, where it can attach none: `bpf`
 * is in the LSM list. */
FAULT(fault_believes_list, AEGIS_FAULT_BELIEVES_LIST)

/* Reports and announces ENFORCE two seconds before it loads anything. */
FAULT(fault_early_enforce, AEGIS_FAULT_EARLY_ENFORCE)

/* Reports and announces ENFORCE_SIGNAL, where the fallback is asked for, as early. */
FAULT(fault_early_signal, AEGIS_FAULT_EARLY_SIGNAL)

/* Calls it ENFORCE_SIGNAL when the fallback was asked for, though LSM hooks enforce. */
FAULT(fault_signal_claimed, AEGIS_FAULT_SIGNAL_CLAIMED)

/* Thinks that no signal can be delivered where the policy has a network rule. */
FAULT(fault_network_defeats_fallback, AEGIS_FAULT_NETWORK_DEFEATS_FALLBACK)

/* Never sets audit_only: in audit mode it denies. */
FAULT(fault_audit_denies, AEGIS_FAULT_AUDIT_DENIES)

/* Sends INT where TERM was configured. */
FAULT(fault_wrong_signal, AEGIS_FAULT_WRONG_SIGNAL)

/* After the third line on stdout: abort(), an endless loop, a panic of the kernel. */
FAULT(fault_crash, AEGIS_FAULT_CRASH)
FAULT(fault_hang, AEGIS_FAULT_HANG)
FAULT(fault_panic, AEGIS_FAULT_PANIC)

/* --takeover ends the old agent before anything of the new one is attached. */
FAULT(fault_restart_window, AEGIS_FAULT_RESTART_WINDOW)

/* SIGHUP deletes every rule, and writes the new ones 300 ms later. */
FAULT(fault_silent_reload, AEGIS_FAULT_SILENT_RELOAD)

/* Sends KILL in place of every signal where AEGIS_LSM_PATH is set: what the override shows is not
 * what happens without the LSM. */
FAULT(fault_override_lies, AEGIS_FAULT_OVERRIDE_LIES)

/* Ends with 1 before it reads anything, and writes nothing. */
FAULT(fault_never_starts, AEGIS_FAULT_NEVER_STARTS)

/* Does not know the section deny_ptrace. */
FAULT(fault_refuses_kind, AEGIS_FAULT_REFUSES_KIND)

/* Unlinks a file called doomed once it has denied somebody something about it. */
FAULT(fault_quarantines, AEGIS_FAULT_QUARANTINES)

/* Opens the memory of PID 1 once it enforces. */
FAULT(fault_reaches_init, AEGIS_FAULT_REACHES_INIT)

static inline bool fault_after_third_line(void)
{
	return fault_crash() || fault_hang() || fault_panic();
}

/* fault.c, only in faulty agents. */
struct agent;
struct policy;
void fault_line_printed(void);
void fault_claim(struct agent *agent, enum runtime_state state);
void fault_pause_ms(unsigned ms);
void fault_open_init(void);
void fault_remember_policy(const struct policy *policy);
void fault_take_away(const char *event);

#endif
