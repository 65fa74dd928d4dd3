/* SPDX-License-Identifier: Apache-2.0 */
/* The place of a running agent: it enforces until this one does, and then ends. */
#ifndef AGENT_TAKEOVER_H
#define AGENT_TAKEOVER_H

#include "agent.h"

/*
 * Takes the lock. With --takeover another agent may hold it: then `agent->beside` is set, its
 * generation continued, and 0 returned. -1 with the agent's failure set otherwise. While another
 * agent runs, this one's report path is one beside the other's.
 */
int takeover_lock(struct agent *agent);

/* The state this agent may have: what enforces is not ended for something that does not. */
void takeover_gate(struct agent *agent);

/*
 * Makes the other agent end, waits for its end, takes the lock and the report's place. To be
 * called when this agent does all it will do. 0, or -1 with the agent's failure set.
 */
int takeover_complete(struct agent *agent);

#endif
