/* SPDX-License-Identifier: Apache-2.0 */
/* SIGHUP: the policy again, whole or not at all. */
#ifndef AGENT_RELOAD_H
#define AGENT_RELOAD_H

#include "agent.h"

/*
 * Reads the policy and puts it in the place of the one in force. A policy that cannot be read,
 * looked up or held by the maps, or that would end enforcement because a hook it needs is not
 * attached, changes nothing. Either way the report is written and a state_change reports the
 * outcome.
 */
void reload(struct agent *agent);

#endif
