/* SPDX-License-Identifier: Apache-2.0 */
/* Every process that the guest started, and the one place where any is reaped. */
#ifndef BPMX_CHILDREN_H
#define BPMX_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

#include "protocol.h"

struct child_end {
	enum bpmx_end end;
	/* Exit status or signal number. */
	int code;
};

/* Installs the SIGCHLD handler that interrupts a blocking read. */
void children_init(void);

/* fork(2), and the child is known here. In the child signals are back to their defaults. */
pid_t children_fork(void);

/* A child that somebody else made with CLONE_PARENT is known from here on. -1: no memory. */
int children_adopt(pid_t pid);

/* Reaps whoever has ended; orphans are forgotten, own children keep their status. */
void children_reap(void);

/*
 * Waits up to `timeout_ms` for a child of ours. False: no such child. A child that has ended is
 * forgotten with this call; END_RUNNING means the time was up.
 */
bool children_wait(pid_t pid, unsigned int timeout_ms, struct child_end *end);

/* The same; also ends, with END_RUNNING, as soon as the descriptor `wake` (or -1) can be read. */
bool children_wait_woken(pid_t pid, unsigned int timeout_ms, int wake, struct child_end *end);

/* Is this a child of ours that has not been waited for? */
bool children_known(pid_t pid);

/*
 * SIGKILLs the process group of `pid` and waits briefly. A child stuck in the kernel is left to
 * children_reap(): nothing blocks on it.
 */
void children_kill(pid_t pid);

/* Milliseconds of CLOCK_MONOTONIC. */
long long now_ms(void);

/* Milliseconds left until `deadline` (of now_ms), at least 0, as poll(2) takes them. */
int left_ms(long long deadline);

#endif
