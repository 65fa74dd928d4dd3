/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "fault.h"
#include "identity.h"
#include "outcome.h"

/* Records printed before the agent does anything else. */
#define SHARE 256

/* One line on stdout. A reader that has gone must not end enforcement: the write may fail. */
static void print_line(struct json *json)
{
	if (!json->failed && json->len) {
		if (fault_quarantines())
			fault_take_away(json->text);
		fwrite(json->text, 1, json->len, stdout);
		putchar('\n');
		fflush(stdout);
		clearerr(stdout);
	}
	json_free(json);
	if (fault_after_third_line())
		fault_line_printed();
}

int print_record(void *context, void *record, size_t len)
{
	static unsigned printed;
	struct json json = {0};

	(void)context;
	if (!event_format(record, len, &json))
		fprintf(stderr, "aegis-agent: a record of %zu bytes that is no event\n", len);
	print_line(&json);
	return ++printed % SHARE ? 0 : -EAGAIN;
}

/* What happens to an offender in this state, as an event's action. */
static const char *state_action(const struct options *options, enum runtime_state state)
{
	if (!posture_enforces(state))
		return "AUDIT";
	switch (options->enforce_signal) {
	case SIGTERM:
		return "TERM";
	case SIGINT:
		return "INT";
	case SIGKILL:
		return "KILL";
	default:
		return state == STATE_ENFORCE_SIGNAL ? "KILL" : "BLOCK";
	}
}

static void announce(const struct agent *agent, const char *reason)
{
	struct event_self self;
	struct json json = {0};

	identity_of_self(&self);
	event_format_state(&self, agent->report.state,
			   state_action(&agent->options, agent->report.state), reason, &json);
	print_line(&json);
}

static int write_report(const struct agent *agent)
{
	int err = report_write(&agent->report, agent->report_path);

	if (err)
		fprintf(stderr, "aegis-agent: no report at %s: %s\n", agent->report_path,
			strerror(-err));
	return err;
}

/* Nothing enforces without a report that says so. */
static void stand_down(struct agent *agent)
{
	apply_config(&agent->object, &agent->policy, &agent->options, STATE_AUDIT,
		     agent->generation);
	set_failure(agent, "REPORT_FAILED", "enforcement without a report is not announced");
	agent->report.state = STATE_DEGRADED;
}

void announce_outcome(struct agent *agent)
{
	const struct failure *failure = &agent->report.failure;

	if (write_report(agent) && posture_enforces(agent->report.state))
		stand_down(agent);
	if (failure->code)
		fprintf(stderr, "aegis-agent: %s: %s\n", failure->code, failure->message);
	announce(agent, report_reason(&agent->report));
}

/* Unlike at the start, a report that cannot be written ends nothing: the one before still has
 * the state. */
void announce_reload(struct agent *agent, const char *reason)
{
	const struct failure *refused = &agent->report.refused;

	write_report(agent);
	if (refused->code)
		fprintf(stderr, "aegis-agent: policy kept: %s: %s\n", refused->code,
			refused->message);
	announce(agent, reason);
}
