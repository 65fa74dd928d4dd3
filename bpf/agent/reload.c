/* SPDX-License-Identifier: Apache-2.0 */
#include "outcome.h"
#include "reload.h"
#include "source.h"
#include "start.h"

/* A policy on its way to be in force. */
struct candidate {
	struct policy policy;
	struct applied applied;
	struct posture_facts facts;
	enum runtime_state state;
};

/* The state under the candidate, by the rules of the start; but what enforces does not stop to. */
static int judge(const struct agent *agent, struct candidate *candidate, struct failure *failure)
{
	struct report as_if = agent->report;

	candidate->facts = agent->report.facts;
	start_measure(&agent->object, &candidate->policy, &candidate->facts);
	candidate->state = posture_decide(&candidate->facts);
	if (candidate->state != STATE_DEGRADED &&
	    (posture_enforces(candidate->state) || !posture_enforces(agent->report.state)))
		return 0;
	as_if.policy = &candidate->policy;
	as_if.facts = candidate->facts;
	as_if.state = STATE_DEGRADED;
	return fail(failure, report_reason(&as_if),
		    "the policy needs what this kernel does not give; see `hooks`");
}

static int prepare(const struct agent *agent, struct candidate *candidate, struct failure *failure)
{
	const char *path = agent->options.policy_path;

	if (!path)
		return fail(failure, "POLICY_INVALID", "no --policy to read again");
	if (source_policy(path, &candidate->policy, failure))
		return -1;
	return judge(agent, candidate, failure);
}

static void adopt(struct agent *agent, struct candidate *candidate)
{
	applied_free(&agent->applied);
	policy_free(&agent->policy);
	agent->policy = candidate->policy;
	agent->applied = candidate->applied;
	agent->generation++;
	agent->report.facts = candidate->facts;
	agent->report.state = candidate->state;
	agent->report.ineffective = candidate->applied.ineffective;
}

void reload(struct agent *agent)
{
	struct candidate candidate = {0};
	struct failure *refused = &agent->report.refused;
	struct change change = {
		.policy = &candidate.policy,
		.options = &agent->options,
		.generation = agent->generation,
	};

	*refused = (struct failure){0};
	if (!prepare(agent, &candidate, refused)) {
		change.state = candidate.state;
		if (!apply_change(&agent->object, &change, &candidate.applied, refused)) {
			adopt(agent, &candidate);
			announce_reload(agent, "POLICY_APPLIED");
			return;
		}
	}
	applied_free(&candidate.applied);
	policy_free(&candidate.policy);
	announce_reload(agent, refused->code);
}
