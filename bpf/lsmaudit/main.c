/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lsmaudit: reports what processes open and where they connect to, and decides nothing. Only
 * processes that were named are looked at, and their descendants.
 *
 *   lsmaudit run [--ring=BYTES] [--remember=FILES]   observes until SIGTERM; the object is
 *                                                    $LSMAUDIT_OBJ
 *   lsmaudit trace PID...                            names processes
 *   lsmaudit trace -- PROGRAM [ARG...]               names itself and becomes PROGRAM
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve.h"

#define DEFAULT_RING     (1U << 20)
#define DEFAULT_REMEMBER 4096

static int usage(void)
{
	fputs("usage: lsmaudit run [--ring=BYTES] [--remember=FILES]\n"
	      "       lsmaudit trace PID... | trace -- PROGRAM [ARG...]\n",
	      stderr);
	return 2;
}

/* A whole number above 0. */
static int parse_count(const char *text, unsigned int *count)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (*text < '1' || *text > '9' || *end || errno || value > 1U << 30)
		return -1;
	*count = value;
	return 0;
}

static int parse_sizes(char **args, struct observer_sizes *sizes)
{
	for (; *args; args++) {
		if (!strncmp(*args, "--ring=", 7) && !parse_count(*args + 7, &sizes->ring))
			continue;
		if (!strncmp(*args, "--remember=", 11) &&
		    !parse_count(*args + 11, &sizes->remember))
			continue;
		return -1;
	}
	return 0;
}

static int give_up(const char *reason)
{
	fprintf(stderr, "lsmaudit: %s: %s\n", reason, strerror(errno));
	announce("FAILED", reason);
	return 1;
}

static int observe(const char *object, const struct observer_sizes *sizes)
{
	struct observer observer;
	const char *reason;

	if (!lsm_list_has_bpf()) {
		fputs("lsmaudit: warning: bpf is not in the LSM list, so its programs would never "
		      "be called; skipped: nothing is observed\n",
		      stderr);
		announce("SKIPPED", "BPF_LSM_DISABLED");
		return 0;
	}
	reason = observer_start(&observer, object, sizes);
	if (!reason && serve(&observer))
		reason = "RING_FAILED";
	if (reason)
		give_up(reason);
	observer_free(&observer);
	return reason ? 1 : 0;
}

static int run(char **args)
{
	struct observer_sizes sizes = {.ring = DEFAULT_RING, .remember = DEFAULT_REMEMBER};
	const char *object = getenv("LSMAUDIT_OBJ");

	if (parse_sizes(args, &sizes))
		return usage();
	if (!object || !*object) {
		fputs("lsmaudit: LSMAUDIT_OBJ does not name the object\n", stderr);
		return 2;
	}
	return observe(object, &sizes);
}

static int not_traced(const char *whom)
{
	const char *why = errno == ENOENT ? "no lsmaudit runs" : strerror(errno);

	fprintf(stderr, "lsmaudit: cannot trace %s: %s\n", whom, why);
	return 1;
}

static int trace_program(char **argv)
{
	if (observer_trace(getpid()))
		return not_traced(*argv);
	execvp(*argv, argv);
	fprintf(stderr, "lsmaudit: %s: %s\n", *argv, strerror(errno));
	return 127;
}

static int trace(char **args)
{
	unsigned int pid;

	if (!*args)
		return usage();
	if (!strcmp(*args, "--"))
		return args[1] ? trace_program(args + 1) : usage();
	for (; *args; args++) {
		if (parse_count(*args, &pid))
			return usage();
		if (observer_trace(pid))
			return not_traced(*args);
	}
	return 0;
}

int main(int argc, char *argv[])
{
	if (argc >= 2 && !strcmp(argv[1], "run"))
		return run(argv + 2);
	if (argc >= 2 && !strcmp(argv[1], "trace"))
		return trace(argv + 2);
	return usage();
}
