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
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "apply.h"
#include "event.h"
#include "identity.h"
#include "lock.h"
#include "options.h"
#include "report.h"

#define EXIT_DEGRADED 1
#define EXIT_USAGE    2

/* How often path rules are looked at again. */
#define REFRESH_MS 1000

struct agent {
	struct options options;
	struct policy policy;
	struct object object;
	struct applied applied;
	struct report report;
	struct ring_buffer *events;
	char object_path[512];
	char report_path[4200];
};

static void set_failure(struct agent *agent, const char *code, const char *message)
{
	agent->report.failure.code = code;
	snprintf(agent->report.failure.message, sizeof(agent->report.failure.message), "%s",
		 message);
}

/* One line on stdout. A reader that has gone must not end enforcement: the write may fail. */
static void print_line(struct json *json)
{
	if (!json->failed && json->len) {
		fwrite(json->text, 1, json->len, stdout);
		putchar('\n');
		fflush(stdout);
		clearerr(stdout);
	}
	json_free(json);
}

static int on_record(void *context, void *record, size_t len)
{
	struct json json = {0};

	(void)context;
	if (!event_format(record, len, &json))
		fprintf(stderr, "aegis-agent: a record of %zu bytes that is no event\n", len);
	print_line(&json);
	return 0;
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

static void announce(struct agent *agent)
{
	struct event_self self;
	struct json json = {0};

	identity_of_self(&self);
	event_format_state(&self, agent->report.state,
			   state_action(&agent->options, agent->report.state),
			   report_reason(&agent->report), &json);
	print_line(&json);
}

/* Nothing enforces that no report tells of. */
static void stand_down(struct agent *agent)
{
	apply_config(&agent->object, &agent->policy, &agent->options, STATE_AUDIT);
	set_failure(agent, "REPORT_FAILED", "enforcement without a report is not announced");
	agent->report.state = STATE_DEGRADED;
}

/* The report first, then the announcement, whatever the outcome. */
static void tell_outcome(struct agent *agent)
{
	int err = report_write(&agent->report, agent->report_path);

	if (err)
		fprintf(stderr, "aegis-agent: no report at %s: %s\n", agent->report_path,
			strerror(-err));
	if (err && posture_enforces(agent->report.state))
		stand_down(agent);
	if (agent->report.failure.code)
		fprintf(stderr, "aegis-agent: %s: %s\n", agent->report.failure.code,
			agent->report.failure.message);
	announce(agent);
}

static char *read_whole(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *bytes = NULL;
	size_t room = 0;
	ssize_t got = fd < 0 ? -1 : 1;

	*len = 0;
	while (got > 0) {
		if (*len == room) {
			char *larger = realloc(bytes, room = room ? room * 2 : 65536);

			if (!larger) {
				errno = ENOMEM;
				got = -1;
				break;
			}
			bytes = larger;
		}
		got = read(fd, bytes + *len, room - *len);
		*len += got > 0 ? got : 0;
	}
	if (fd >= 0)
		close(fd);
	if (got == 0)
		return bytes;
	free(bytes);
	return NULL;
}

static int read_policy(struct agent *agent)
{
	const char *path = agent->options.policy_path;
	struct policy_error error;
	char message[512];
	size_t len;
	char *bytes;
	int result;

	if (!path)
		return 0;
	bytes = read_whole(path, &len);
	if (!bytes) {
		snprintf(message, sizeof(message), "%.300s: %s", path, strerror(errno));
		set_failure(agent, "POLICY_INVALID", message);
		return -1;
	}
	result = policy_parse(bytes, len, &agent->policy, &error);
	free(bytes);
	if (!result)
		return 0;
	snprintf(message, sizeof(message), "%.300s:%u: %s", path, error.line, error.message);
	set_failure(agent, "POLICY_INVALID", message);
	return -1;
}

/* `bpf` as a whole word of the comma-separated list. */
static bool lsm_list_has_bpf(const char *path)
{
	size_t len;
	char *list = read_whole(path, &len);
	bool found = false;

	for (size_t at = 0; list && at < len && !found;) {
		size_t end = at;

		while (end < len && list[end] != ',' && list[end] != '\n' && list[end] != '\0')
			end++;
		found = end - at == 3 && !memcmp(list + at, "bpf", 3);
		at = end + 1;
	}
	free(list);
	return found;
}

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

static const char *lock_blocker(int err)
{
	if (err == -EBUSY)
		return "SECOND_INSTANCE";
	return err == -EACCES || err == -EPERM ? "PRIVILEGES_MISSING" : "LOCK_FAILED";
}

static int take_lock(struct agent *agent)
{
	char other[4096], message[512];
	int err = lock_take(agent->report_path, other, sizeof(other));

	if (!err)
		return 0;
	/* The running agent's report stays its own. */
	if (err == -EBUSY && !strcmp(other, agent->report_path))
		strcat(agent->report_path, ".second-instance");
	snprintf(message, sizeof(message), "%s",
		 err == -EBUSY ? "another agent is running" : strerror(-err));
	set_failure(agent, lock_blocker(err), message);
	return -1;
}

static int load(struct agent *agent)
{
	struct object_request request = {
		.path = object_path(agent),
		.btf_path = agent->options.btf_path,
		.tracefs_path = agent->options.tracefs_path,
		.lsm_has_bpf = agent->report.facts.lsm_has_bpf,
		.policy = &agent->policy,
	};
	struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	/* Before 5.11 maps and programs are charged to this; it may fail, and loading then says so.
	 */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	return object_load(&agent->object, &request, &agent->report.failure);
}

static void judge(struct agent *agent)
{
	struct posture_facts *facts = &agent->report.facts;
	unsigned needs = policy_needs(&agent->policy);

	facts->hooks_attached =
		facts->lsm_has_bpf && object_serves(&agent->object, HOOK_LSM, needs);
	facts->signal_deliverable = !facts->lsm_has_bpf && !(needs & NEED_LSM_ONLY) &&
				    object_attached(&agent->object, HOOK_FALLBACK) > 0 &&
				    object_serves(&agent->object, HOOK_FALLBACK, needs);
	facts->usable = object_attached(&agent->object, HOOK_LSM) +
				object_attached(&agent->object, HOOK_FALLBACK) +
				object_attached(&agent->object, HOOK_CONTEXT) >
			0;
	agent->report.state = posture_decide(facts);
}

/* Everything up to the moment the posture is known. -1: there is a failure that ends the agent. */
static int set_up(struct agent *agent)
{
	struct failure *failure = &agent->report.failure;

	if (take_lock(agent) || read_policy(agent) || load(agent))
		return -1;
	if (apply_policy(&agent->object, &agent->policy, &agent->applied, failure))
		return -1;
	agent->report.ineffective = agent->applied.ineffective;
	/* Attached while it only audits: enforcement then begins everywhere at once, or nowhere. */
	if (apply_config(&agent->object, &agent->policy, &agent->options, STATE_AUDIT)) {
		set_failure(agent, "POLICY_FAILED", "agent_config cannot be written");
		return -1;
	}
	agent->events =
		ring_buffer__new(bpf_object__find_map_fd_by_name(agent->object.bpf, "events"),
				 on_record, NULL, NULL);
	if (!agent->events) {
		set_failure(agent, "LOAD_FAILED", "the ring buffer of events cannot be read");
		return -1;
	}
	object_attach(&agent->object);
	agent->report.policy_applied = true;
	return 0;
}

static int start(struct agent *agent)
{
	bool ready = set_up(agent) == 0;

	if (ready)
		judge(agent);
	else
		agent->report.state = STATE_DEGRADED;
	if (agent->report.state != STATE_DEGRADED &&
	    apply_config(&agent->object, &agent->policy, &agent->options, agent->report.state)) {
		set_failure(agent, "POLICY_FAILED", "agent_config cannot be written");
		agent->report.state = STATE_DEGRADED;
	}
	if (ready && !agent->report.facts.usable)
		set_failure(agent, "ATTACH_FAILED", "no program could be attached");
	tell_outcome(agent);
	return agent->report.state == STATE_DEGRADED ? -1 : 0;
}

static unsigned long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

/* Until SIGTERM or SIGINT. */
static void serve(struct agent *agent, int signals)
{
	struct pollfd ready[] = {
		{.fd = signals, .events = POLLIN},
		{.fd = ring_buffer__epoll_fd(agent->events), .events = POLLIN},
	};
	unsigned long long refreshed = now_ms();

	for (;;) {
		int count = poll(ready, 2, REFRESH_MS);

		if (count < 0 && errno != EINTR)
			return;
		if (ready[0].revents)
			return;
		ring_buffer__consume(agent->events);
		/* However many events wake the loop up. */
		if (now_ms() - refreshed < REFRESH_MS)
			continue;
		apply_refresh(&agent->object, &agent->applied);
		refreshed = now_ms();
	}
}

/* Detach first: what happened before is still in the ring buffer and is told, and nothing happens
 * after. */
static void stop(struct agent *agent)
{
	object_detach(&agent->object);
	if (agent->events)
		ring_buffer__consume(agent->events);
	fflush(stdout);
	ring_buffer__free(agent->events);
	applied_free(&agent->applied);
	object_close(&agent->object);
	policy_free(&agent->policy);
}

static int catch_signals(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

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
	report->facts.lsm_has_bpf = lsm_list_has_bpf(agent->options.lsm_path);
	snprintf(agent->report_path, 4096, "%s", agent->options.report_path);
}

int main(int argc, char *argv[])
{
	static struct agent agent;
	int signals = catch_signals();
	char error[256];
	bool usage;
	int result;

	setvbuf(stdout, NULL, _IOLBF, 0);
	libbpf_set_print(NULL);
	options_from_environment(&agent.options);
	usage = options_parse(argc, argv, &agent.options, error, sizeof(error)) != 0;
	connect_report(&agent);
	if (usage) {
		/* A running agent's report stays its own. */
		take_lock(&agent);
		set_failure(&agent, "USAGE", error);
		fputs(options_usage, stderr);
		tell_outcome(&agent);
		return EXIT_USAGE;
	}
	result = start(&agent);
	if (!result)
		serve(&agent, signals);
	stop(&agent);
	return result ? EXIT_DEGRADED : 0;
}
