/* SPDX-License-Identifier: Apache-2.0 */
/* Why something was not done: a blocker of the report, and what a person should know about it. */
#ifndef AGENT_FAILURE_H
#define AGENT_FAILURE_H

struct failure {
	const char *code; /* "LOAD_FAILED"; NULL: none */
	char message[512];
};

/* Fills `failure`. Always -1, so that it can be returned. */
__attribute__((format(printf, 3, 4))) int fail(struct failure *failure, const char *code,
					       const char *format, ...);

#endif
