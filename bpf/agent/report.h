/* SPDX-License-Identifier: Apache-2.0 */
/* The capability report: what was asked, what is true, and why where they differ. */
#ifndef AGENT_REPORT_H
#define AGENT_REPORT_H

#include "json.h"
#include "object.h"
#include "options.h"
#include "policy.h"
#include "posture.h"

struct report {
	const struct options *options;
	const struct policy *policy;
	const struct object *object;
	struct posture_facts facts;
	enum runtime_state state;
	struct failure failure; /* code NULL: none */
	struct failure
		refused; /* why the last reload changed nothing; code NULL: it did not fail */
	bool policy_applied;
	bool taken_over;    /* another agent has ended for this one */
	size_t ineffective; /* rules on files of the survival list */
};

/* The report as text, into `json`; pure but for uname(2) and getpid(2). */
void report_format(const struct report *report, struct json *json);

/* Why the state is what it is, for its announcement: the failure, what keeps it from enforcing,
 * TAKEOVER or STARTUP. */
const char *report_reason(const struct report *report);

/* Writes it to `path` under another name, syncs, renames. 0 or -errno. */
int report_write(const struct report *report, const char *path);

#endif
