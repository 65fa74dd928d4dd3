/* SPDX-License-Identifier: Apache-2.0 */
/* What mini-guard writes: the capability report, and events as lines of JSON on stdout. */
#ifndef MINI_OUTPUT_H
#define MINI_OUTPUT_H

#include "guard.h"

/* `blocker` NULL: none. 0, or -1 with errno. */
int save_report(const char *path, const struct guard *guard, const struct rules *rules,
		const char *state, const char *blocker);
void print_state(const char *state, const char *reason);

/* UTC, in ISO 8601; overwritten by the next call. */
const char *time_now(void);

/* Faults that MINI_FAULT can name, for the tests. */
#define FAULT_EARLY        "early"        /* it announces its state before it loads anything */
#define FAULT_STATE_WORD   "state-word"   /* a state that its configuration does not have */
#define FAULT_HOOK_WORD    "hook-word"    /* the same of a hook */
#define FAULT_PROCESS_RULE "process-rule" /* rules on processes are taken and left out */
#define FAULT_ANY_POLICY   "any-policy"   /* lines of a policy that it cannot read are left out */
bool planted(const char *fault);

/* record.c: for a ring_buffer. */
int print_record(void *context, void *record, size_t len);

#endif
