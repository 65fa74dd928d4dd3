/* SPDX-License-Identifier: Apache-2.0 */
/* What the agent tells: lines on stdout, and the report before each announcement of a state. */
#ifndef AGENT_OUTCOME_H
#define AGENT_OUTCOME_H

#include "agent.h"

/* Notes why the agent gives up; it is told by tell_outcome. */
#define set_failure(agent, code, ...) fail(&(agent)->report.failure, code, __VA_ARGS__)

/*
 * One record of the ring buffer as a line of JSON; a libbpf callback. Ends ring_buffer__consume
 * after a share of records, by a negative result: whoever writes faster than the agent reads would
 * keep it from ever looking at a signal again. The rest stays in the ring.
 */
int tell_record(void *context, void *record, size_t len);

/* The report first, then the announcement, whatever the outcome. Enforcement that cannot be
 * reported ends, and the state becomes DEGRADED. */
void tell_outcome(struct agent *agent);

/* The same after a reload: the state as it is now, with `reason`. */
void tell_reload(struct agent *agent, const char *reason);

#endif
