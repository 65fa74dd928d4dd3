/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent prints: lines on stdout, and the report before each announcement of a state. */
#ifndef AGENT_OUTCOME_H
#define AGENT_OUTCOME_H

#include "agent.h"

/* Notes why the agent gives up; announce_outcome prints it. */
#define set_failure(agent, code, ...) fail(&(agent)->report.failure, code, __VA_ARGS__)

/*
 * One record of the ring buffer as a line of JSON; a libbpf callback. Ends ring_buffer__consume
 * after a share of records, by a negative result: whoever writes faster than the agent reads would
 * keep it from ever handling a signal again. The rest stays in the ring.
 */
int print_record(void *context, void *record, size_t len);

/* The report first, then the announcement, whatever the outcome. Enforcement that cannot be
 * reported ends, and the state becomes DEGRADED. */
void announce_outcome(struct agent *agent);

/* The same after a reload: the state as it is now, with `reason`. */
void announce_reload(struct agent *agent, const char *reason);

#endif
