/* SPDX-License-Identifier: Apache-2.0 */
/* One agent a machine: two would each enforce their own policy and each report only its own. */
#ifndef AGENT_LOCK_H
#define AGENT_LOCK_H

#include <sys/types.h>

/* Who holds the lock instead of us. */
struct lock_owner {
	pid_t pid; /* as the kernel reports it; 0: a process of another PID namespace */
	char report_path[4096];
};

/*
 * Takes the lock for the life of the process and notes `report_path` in it. 0; or -EBUSY with the
 * other agent in `other`; or -errno.
 */
int lock_take(const char *report_path, struct lock_owner *other);

/* A pidfd of `pid`, which held the lock while the pidfd existed: not of a process that got its
 * number later. -ESRCH: it holds the lock no more; or -errno. */
int lock_open_owner(pid_t pid);

#endif
