/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* From "a rule matches" to what is done about it. */
#ifndef AEGIS_VERDICT_BPF_H
#define AEGIS_VERDICT_BPF_H

#include <bpf/bpf_helpers.h>
#include "task.bpf.h"

#define SIGNAL_INT  2
#define SIGNAL_KILL 9
#define SIGNAL_TERM 15

#define NSEC_PER_SEC 1000000000ULL

/* Which kind of program asks. An LSM hook can deny; a tracepoint can only signal or report. */
enum origin {
	ORIGIN_LSM = 0,
	ORIGIN_TRACEPOINT = 1,
};

static __always_inline _Bool config_only_audits(const struct agent_config *config)
{
	if (config->audit_only || config->break_glass_active)
		return 1;
	if (!config->deadman_enabled || config->deadman_fail_static)
		return 0;
	return bpf_ktime_get_boot_ns() > config->deadman_deadline_ns;
}

static __always_inline __u32 signal_action(__u32 signal)
{
	if (signal == SIGNAL_KILL)
		return AEGIS_ACTION_KILL;
	if (signal == SIGNAL_INT)
		return AEGIS_ACTION_INT;
	return AEGIS_ACTION_TERM;
}

/* Counts an offence of this process and returns how many there are in the window, this one
 * included. */
static __always_inline __u32 count_violation(const struct agent_config *config)
{
	struct process_key key = {.tgid = current_tgid()};
	struct violations fresh = {};
	__u64 now = bpf_ktime_get_boot_ns();
	struct violations *known;

	key.start_time = BPF_CORE_READ(current_leader(), start_boottime);
	known = bpf_map_lookup_elem(&violations, &key);
	if (known && now - known->window_start_ns <= config->kill_window_s * NSEC_PER_SEC) {
		/* Two threads may both read the later count; they are then both one violation
		 * nearer to KILL. */
		__sync_fetch_and_add(&known->count, 1);
		return known->count;
	}
	fresh.count = 1;
	fresh.window_start_ns = now;
	bpf_map_update_elem(&violations, &key, &fresh, BPF_ANY);
	return 1;
}

/*
 * On the LSM side the attempt is denied anyway, so KILL is reached by steps: TERM, and KILL from
 * the Nth violation in the window on.
 */
static __always_inline __u32 lsm_signal(const struct agent_config *config)
{
	if (config->enforce_signal != SIGNAL_KILL)
		return config->enforce_signal;
	return count_violation(config) >= config->kill_threshold ? SIGNAL_KILL : SIGNAL_TERM;
}

/* The signal for this offence, 0 for none. */
static __always_inline __u32 choose_signal(const struct agent_config *config, __u32 origin)
{
	if (origin == ORIGIN_LSM)
		return lsm_signal(config);
	if (!config->signal_fallback_enforce)
		return 0;
	/* A tracepoint denies nothing, so `none` has to stop the process by other means. */
	return config->enforce_signal ? config->enforce_signal : SIGNAL_KILL;
}

/* Acts on a matched rule and returns what was really done. */
GLOBAL __u32 punish(__u32 origin)
{
	const struct agent_config *config = current_config();
	__u32 signal;

	if (!config || config_only_audits(config))
		return AEGIS_ACTION_AUDIT;
	signal = choose_signal(config, origin);
	if (signal && bpf_send_signal(signal) == 0)
		return signal_action(signal);
	return origin == ORIGIN_LSM ? AEGIS_ACTION_BLOCK : AEGIS_ACTION_AUDIT;
}

/*
 * The return value of every LSM program.
 *
 * Kernels 6.8 (backport) to 6.16 want R0 in [-4095, 0] at exit and track it through few operations
 * (5d99e198be27 "bpf, lsm: Add check for BPF LSM return value", v6.12). clang 19 turns `return
 * denied ? -EPERM : 0` into NEG of a 0/1 register, whose result those kernels take for an unknown
 * scalar, and reject; plain if/return is merged into the same. The empty asm makes the constant
 * opaque to the compiler and costs no instruction: what remains is a load of -1 or of 0 behind a
 * branch, which every verifier follows.
 */
static __always_inline int lsm_return(_Bool denied)
{
	int refusal = -EPERM;

	if (fault_negated_tail())
		return fault_negated(denied);
	asm volatile("" : "+r"(refusal));
	if (denied)
		return refusal;
	return 0;
}

static __always_inline _Bool action_denies(__u32 action)
{
	return action >= AEGIS_ACTION_BLOCK;
}

/* The action as an event reports it. */
static __always_inline __u8 reported_action(__u32 action)
{
	return fault_action_mislabelled() && action_denies(action) ? AEGIS_ACTION_AUDIT : action;
}

#endif
