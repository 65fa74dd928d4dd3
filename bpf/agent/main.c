/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference agent. Nothing is announced before it is true: the policy is read, the object
 * loaded and attached in audit mode, the posture decided from what is really there, then one store
 * into agent_config turns enforcement on, the report is written, and only then a line says so.
 *
 * Nothing is pinned: when the agent ends, by whatever signal, its links close and the kernel
 * enforces nothing more.
 */
#include <errno.h>
#include <stdio.h>

#include "fault.h"
#include "outcome.h"
#include "serve.h"
#include "source.h"
#include "start.h"
#include "takeover.h"

#define EXIT_DEGRADED 1
#define EXIT_USAGE    2

/* The report borrows; everything it borrows lives in the agent. */
static void connect_report(struct agent *agent)
{
	struct report *report = &agent->report;

	report->options = &agent->options;
	report->policy = &agent->policy;
	report->object = &agent->object;
	report->state = STATE_DEGRADED;
	report->facts.enforce_asked = agent->options.enforce;
	report->facts.gate = agent->options.gate;
	report->facts.fallback_asked = agent->options.fallback_signal;
	report->facts.lsm_has_bpf = source_lsm_has_bpf(agent->options.lsm_path);
	snprintf(agent->report_path, 4096, "%s", agent->options.report_path);
}

static int refuse_usage(struct agent *agent, const char *error)
{
	/* A running agent's report stays its own. */
	agent->options.takeover = false;
	takeover_lock(agent);
	set_failure(agent, "USAGE", "%s", error);
	fputs(options_usage, stderr);
	announce_outcome(agent);
	return EXIT_USAGE;
}

/* Detach first: what happened before is still in the ring buffer and is printed, and nothing
 * happens after. */
static void stop(struct agent *agent)
{
	object_detach(&agent->object);
	while (agent->events && ring_buffer__consume(agent->events) == -EAGAIN)
		;
	fflush(stdout);
	ring_buffer__free(agent->events);
	applied_free(&agent->applied);
	object_close(&agent->object);
	policy_free(&agent->policy);
}

int main(int argc, char *argv[])
{
	static struct agent agent = {.generation = 1};
	int signals = serve_catch_signals();
	char error[256];
	bool usage;
	int result;

	if (fault_never_starts())
		return 1;
	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(NULL);
	options_from_environment(&agent.options);
	usage = options_parse(argc, argv, &agent.options, error, sizeof(error)) != 0;
	connect_report(&agent);
	if (usage)
		return refuse_usage(&agent, error);
	result = start(&agent);
	if (!result)
		serve(&agent, signals);
	stop(&agent);
	return result ? EXIT_DEGRADED : 0;
}
