/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mini-guard: a second, small agent, as another team would have written it. It keeps the contract
 * of the reference agent in words of its own: command line, policy, events, report and states are
 * all another dialect (docs/examples/mini-guard.json). No signals, no fallback. MINI_FAULT plants a
 * fault in it.
 *
 *   mini-guard apply POLICY                  reads what to deny, writes $MINI_STATE
 *   mini-guard watch --mode enforce|observe  $MINI_STATE, $MINI_OBJ, $MINI_REPORT
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

#define POLL_MS 100
/* Between an announcement that is planted too early and the load: long enough for some opens. */
#define EARLY_US 700000

static volatile sig_atomic_t stopped;

static void on_signal(int signo)
{
	(void)signo;
	stopped = 1;
}

static const char *required_env(const char *name)
{
	const char *value = getenv(name);

	if (value && *value)
		return value;
	fprintf(stderr, "mini-guard: %s is not set\n", name);
	exit(2);
}

static int apply(const char *policy)
{
	static struct rules rules;
	const char *state = required_env("MINI_STATE");

	if (rules_parse(policy, &rules))
		return 1;
	if (!rules_save(state, &rules))
		return 0;
	fprintf(stderr, "mini-guard: %s: %s\n", state, strerror(errno));
	return 1;
}

/* Until SIGTERM or SIGINT; then what is still in the ring. */
static void serve(struct guard *guard, struct ring_buffer *records)
{
	fprintf(stderr, "%s mini-guard[%d]: watching\n", time_now(), getpid());
	while (!stopped)
		ring_buffer__poll(records, POLL_MS);
	guard_stop(guard);
	ring_buffer__consume(records);
	ring_buffer__free(records);
}

static int watch(bool enforce)
{
	static struct rules rules;
	const char *report = required_env("MINI_REPORT"), *object = required_env("MINI_OBJ");
	const char *blocker, *state = enforce ? "guarding" : "observing";
	struct ring_buffer *records = NULL;
	struct guard guard = {0};

	printf("# mini-guard 2, %s\n{\"event\":\"hello\",\"at\":\"%s\"}\n", object, time_now());
	if (planted(FAULT_EARLY)) {
		print_state(state, "STARTUP");
		usleep(EARLY_US);
	}
	blocker = rules_load(required_env("MINI_STATE"), &rules) ? "POLICY_INVALID" : NULL;
	if (!blocker)
		blocker = guard_start(&guard, object, &rules, enforce);
	if (!blocker)
		records = ring_buffer__new(bpf_object__find_map_fd_by_name(guard.object, "records"),
					   print_record, NULL, NULL);
	if (!blocker && !records)
		blocker = "LOAD_FAILED";
	if (blocker)
		state = "failed";
	if (save_report(report, &guard, &rules, state, blocker)) {
		fprintf(stderr, "mini-guard: %s: %s\n", report, strerror(errno));
		return 1;
	}
	if (blocker || !planted(FAULT_EARLY))
		print_state(state, blocker ? blocker : "STARTUP");
	if (blocker)
		return 1;
	serve(&guard, records);
	return 0;
}

int main(int argc, char *argv[])
{
	bool enforce = argc == 4 && !strcmp(argv[3], "enforce");

	signal(SIGTERM, on_signal);
	signal(SIGINT, on_signal);
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && !strcmp(argv[1], "apply"))
		return apply(argv[2]);
	if (argc == 4 && !strcmp(argv[1], "watch") && !strcmp(argv[2], "--mode") &&
	    (enforce || !strcmp(argv[3], "observe")))
		return watch(enforce);
	fputs("usage: mini-guard apply POLICY | watch --mode enforce|observe\n", stderr);
	return 2;
}
