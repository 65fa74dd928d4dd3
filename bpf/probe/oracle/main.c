// SPDX-License-Identifier: Apache-2.0
/* Reports what is really there, whatever an agent says. It only reads. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../common/standby.h"
#include "oracle.h"

static const struct {
	const char *name;
	int arguments;
	int (*run)(char **args);
} questions[] = {
	{"snapshot", 0, run_snapshot},
	{"kmsg", 1, run_kmsg},
	{"records", 0, run_records},
};

static int run(int argc, char **argv)
{
	for (size_t i = 0; argc > 1 && i < sizeof(questions) / sizeof(*questions); i++)
		if (!strcmp(argv[1], questions[i].name) && argc - 2 == questions[i].arguments)
			return questions[i].run(argv + 2);
	fputs("usage: oracle snapshot | kmsg SEQ | records\n", stderr);
	return 2;
}

static void prepare(void)
{
	prepare_snapshot();
	prepare_kmsg();
}

int main(int argc, char *argv[])
{
	static const struct standby_program program = {
		.name = "oracle",
		.prepare = prepare,
		.run = run,
	};

	return stand_by_or_run(&program, argc, argv);
}
