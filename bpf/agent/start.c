/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fault.h"
#include "outcome.h"
#include "source.h"
#include "start.h"
#include "takeover.h"

/* Beside the agent, unless the environment names it. */
static const char *object_path(struct agent *agent)
{
	ssize_t len;
	char *slash;

	if (agent->options.object_path)
		return agent->options.object_path;
	len = readlink("/proc/self/exe", agent->object_path, sizeof(agent->object_path) - 32);
	agent->object_path[len > 0 ? len : 0] = '\0';
	slash = strrchr(agent->object_path, '/');
	strcpy(slash ? slash + 1 : agent->object_path, "aegis.bpf.o");
	return agent->object_path;
}

static int load(struct agent *agent)
{
	struct object_request request = {
		.path = object_path(agent),
		.btf_path = agent->options.btf_path,
		.tracefs_path = agent->options.tracefs_path,
		.lsm_has_bpf = agent->report.facts.lsm_has_bpf,
		.hooks_refused = agent->report.facts.hooks_refused,
		.policy = &agent->policy,
	};
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	/* Before 5.11 maps and programs are charged to this; it may fail, and loading then says so.
	 */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	return object_load(&agent->object, &request, &agent->report.failure);
}

static int set_config(struct agent *agent, enum runtime_state state)
{
	if (!apply_config(&agent->object, &agent->policy, &agent->options, state,
			  agent->generation))
		return 0;
	return set_failure(agent, "POLICY_FAILED", "agent_config cannot be written");
}

static int open_events(struct agent *agent)
{
	int fd = bpf_object__find_map_fd_by_name(agent->object.bpf, "events");

	agent->events = ring_buffer__new(fd, print_record, NULL, NULL);
	if (agent->events)
		return 0;
	return set_failure(agent, "LOAD_FAILED", "the ring buffer of events cannot be read");
}

/* Attached while it only audits: enforcement then begins everywhere at once, or nowhere. */
static int load_and_attach(struct agent *agent)
{
	struct failure *failure = &agent->report.failure;

	if (load(agent) || apply_policy(&agent->object, &agent->policy, &agent->applied, failure))
		return -1;
	agent->report.ineffective = agent->applied.ineffective;
	if (set_config(agent, STATE_AUDIT) || open_events(agent))
		return -1;
	if (fault_restart_window() && takeover_complete(agent))
		return -1;
	object_attach(&agent->object);
	return 0;
}

/* Where no hook can be attached, the object as it is without the BPF LSM: tracepoints judge. */
static int go_without_hooks(struct agent *agent)
{
	fprintf(stderr, "aegis-agent: bpf is in the LSM list, and no hook can be attached: %s\n",
		"ENOTSUPP, no ftrace direct calls; tracepoints are watched");
	ring_buffer__free(agent->events);
	agent->events = NULL;
	applied_free(&agent->applied);
	object_close(&agent->object);
	agent->report.facts.hooks_refused = true;
	return load_and_attach(agent);
}

/* Everything up to the moment the posture is known. -1: there is a failure that ends the agent. */
static int set_up(struct agent *agent)
{
	struct failure *failure = &agent->report.failure;

	if (takeover_lock(agent) ||
	    source_policy(agent->options.policy_path, &agent->policy, failure))
		return -1;
	if (fault_early_enforce())
		fault_claim(agent, STATE_ENFORCE);
	if (fault_early_signal() && agent->options.fallback_signal)
		fault_claim(agent, STATE_ENFORCE_SIGNAL);
	if (fault_quarantines())
		fault_remember_policy(&agent->policy);
	if (load_and_attach(agent))
		return -1;
	if (object_hooks_refused(&agent->object) && go_without_hooks(agent))
		return -1;
	agent->report.policy_applied = true;
	return 0;
}

void start_measure(const struct object *object, const struct policy *policy,
		   struct posture_facts *facts)
{
	unsigned needs = policy_needs(policy);

	facts->hooks_attached = posture_has_hooks(facts) && object_serves(object, HOOK_LSM, needs);
	facts->signal_deliverable = !posture_has_hooks(facts) && !(needs & NEED_LSM_ONLY) &&
				    object_attached(object, HOOK_FALLBACK) > 0 &&
				    object_serves(object, HOOK_FALLBACK, needs);
	if (fault_network_defeats_fallback() && (needs & NEED_NETWORK))
		facts->signal_deliverable = false;
	facts->usable = object_attached(object, HOOK_LSM) + object_attached(object, HOOK_FALLBACK) +
				object_attached(object, HOOK_CONTEXT) >
			0;
}

/* Decides the state and makes it true; -1: the state is DEGRADED. */
static int reach_posture(struct agent *agent)
{
	struct report *report = &agent->report;

	start_measure(&agent->object, &agent->policy, &report->facts);
	if (!report->facts.usable)
		return set_failure(agent, "ATTACH_FAILED", "no program could be attached");
	report->state = posture_decide(&report->facts);
	if (fault_reaches_init())
		fault_open_init();
	takeover_gate(agent);
	if (report->state == STATE_DEGRADED || set_config(agent, report->state))
		return -1;
	return takeover_complete(agent);
}

int start(struct agent *agent)
{
	bool ready = !set_up(agent) && !reach_posture(agent);

	if (!ready)
		agent->report.state = STATE_DEGRADED;
	else if (fault_signal_claimed() && agent->report.facts.fallback_asked)
		agent->report.state = STATE_ENFORCE_SIGNAL;
	announce_outcome(agent);
	return agent->report.state == STATE_DEGRADED ? -1 : 0;
}
