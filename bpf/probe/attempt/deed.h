/* SPDX-License-Identifier: Apache-2.0 */
/* One attempt in a process of its own, watched from outside. */
#ifndef PROBE_DEED_H
#define PROBE_DEED_H

#include <sys/types.h>

#include "report.h"

struct deed {
	/* Below /sys/fs/cgroup, or NULL to stay. */
	const char *cgroup;
	int timeout_ms;
	const char *operation;
	int arguments;
	char **args;
};

enum deed_end { DEED_RETURNED, DEED_SIGNALLED, DEED_TIMED_OUT, DEED_NOT_ARRANGED, DEED_ABSENT };

struct deed_answer {
	enum deed_end end;
	pid_t pid;
	/* The errno, or the signal. */
	int code;
	/* Of DEED_NOT_ARRANGED and DEED_ABSENT. */
	char detail[REPORT_MAX];
};

/* This process becomes the one that every process left behind is given to. -1 and errno on failure.
 */
int deed_prepare(void);

/* Does it, and returns when no process of it is left. -1 and errno when no process can be started.
 */
int deed_do(const struct deed *deed, struct deed_answer *answer);

#endif
