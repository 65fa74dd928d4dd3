/* SPDX-License-Identifier: Apache-2.0 */
/* The running agent: everything that lives as long as it does. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "apply.h"
#include "object.h"
#include "options.h"
#include "policy.h"
#include "report.h"

struct agent {
	struct options options;
	struct policy policy;
	struct object object;
	struct applied applied;
	struct report report;
	struct ring_buffer *events;
	/* Of the policy in force; as in agent_config. */
	unsigned long long generation;
	/* Another agent holds the lock and is to be taken over. */
	bool beside;
	char object_path[512];
	char report_path[4200];
};

#endif
