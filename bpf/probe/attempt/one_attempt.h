/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt in a process of its own, watched from outside. */
#ifndef PROBE_ONE_ATTEMPT_H
#define PROBE_ONE_ATTEMPT_H

#include <sys/types.h>

#include "report.h"

/* The name of an acting process, with its NUL shorter than a slot of the kernel: what follows it in
 * an event must be zeros. */
#define ATTEMPT_NAME "attempt"

struct attempt {
	/* Below /sys/fs/cgroup, or NULL to stay. */
	const char *cgroup;
	int timeout_ms;
	/* Of its process, or NULL for the usual one. */
	const char *name;
	const char *operation;
	int arguments;
	char **args;
};

enum attempt_end {
	ATTEMPT_RETURNED,
	ATTEMPT_SIGNALLED,
	ATTEMPT_TIMED_OUT,
	ATTEMPT_NOT_ARRANGED,
	ATTEMPT_ABSENT
};

struct attempt_answer {
	enum attempt_end end;
	pid_t pid;
	/* Of all attempts of this process. */
	unsigned long number;
	/* The errno, or the signal. */
	int code;
	/* Of ATTEMPT_NOT_ARRANGED and ATTEMPT_ABSENT. */
	char detail[REPORT_MAX];
};

/* This process becomes the one that every process left behind is given to. -1 and errno on failure.
 */
int attempt_prepare(void);

/* Does it, and returns when no process of it is left. -1 and errno when no process can be started.
 */
int attempt_run(const struct attempt *attempt, struct attempt_answer *answer);

#endif
