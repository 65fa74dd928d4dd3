/* SPDX-License-Identifier: Apache-2.0 */
/* Enough of a test framework: a failed check says where and what, and the program exits 1 at its
 * end. */
#ifndef AGENT_TEST_CHECK_H
#define AGENT_TEST_CHECK_H

#include <stdio.h>
#include <string.h>

static unsigned checks, failures;

#define CHECK(condition, ...)                                                                      \
	do {                                                                                       \
		checks++;                                                                          \
		if (!(condition)) {                                                                \
			failures++;                                                                \
			fprintf(stderr, "%s:%d: ", __FILE__, __LINE__);                            \
			fprintf(stderr, __VA_ARGS__);                                              \
			fputc('\n', stderr);                                                       \
		}                                                                                  \
	} while (0)

#define CHECK_TEXT(actual, expected)                                                               \
	CHECK(!strcmp(actual, expected), "got      %s\n  expected %s", actual, expected)

/* The exit status: a program that checked nothing has failed. */
static int conclude(const char *name)
{
	printf("%s: %u checks, %u failed\n", name, checks, failures);
	return failures || !checks;
}

#endif
