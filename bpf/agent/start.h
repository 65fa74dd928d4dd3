/* SPDX-License-Identifier: Apache-2.0 */
/* From nothing to a state that is true and announced. */
#ifndef AGENT_START_H
#define AGENT_START_H

#include "agent.h"

/* What is there for `policy`, from the programs that are attached. */
void start_measure(const struct object *object, const struct policy *policy,
		   struct posture_facts *facts);

/* Loads, attaches, enforces, announces. 0, or -1 after DEGRADED was announced. */
int start(struct agent *agent);

#endif
