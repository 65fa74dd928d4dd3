// SPDX-License-Identifier: Apache-2.0
/*
 * Tries one thing and prints the errno it ended with, 0 for success; or a batch of them, see
 * batch.h. Whatever had to be arranged first and could not is reported on stderr, with exit
 * status 2.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../common/standby.h"
#include "attempt.h"
#include "batch.h"
#include "one_attempt.h"
#include "modes.h"
#include "report.h"

#define ANY -1

static int start_batch(char **args)
{
	(void)args;
	return run_batch();
}

static const struct {
	const char *name;
	int arguments;
	int (*run)(char **args);
} modes[] = {
	{"batch", 0, start_batch}, {"stat", ANY, run_stat}, {"uncapped", ANY, run_uncapped},
	{"serve", ANY, run_serve}, {"watch", 4, run_watch}, {"rounds", 3, run_rounds},
};

static int run_one(int arguments, const char *name, char **args)
{
	const struct operation *operation = find_operation(name);

	if (!operation || operation->arguments != arguments) {
		fprintf(stderr, "attempt: no such operation, or not with %d arguments: %s\n",
			arguments, name);
		return 2;
	}
	report_returned(operation->run(args));
	return 0;
}

static int run(int argc, char **argv)
{
	/* Executed as a target: that it runs is the answer. */
	if (argc < 2) {
		puts("0");
		return 0;
	}
	for (size_t i = 0; i < sizeof(modes) / sizeof(*modes); i++) {
		bool fits = modes[i].arguments == ANY ? argc > 2 : modes[i].arguments == argc - 2;

		if (fits && !strcmp(argv[1], modes[i].name))
			return modes[i].run(argv + 2);
	}
	return run_one(argc - 2, argv[1], argv + 2);
}

int main(int argc, char *argv[])
{
	static const struct standby_program program = {
		.name = ATTEMPT_NAME,
		.run = run,
	};

	return stand_by_or_run(&program, argc, argv);
}
