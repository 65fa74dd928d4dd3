/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who reached into whom: the kernel counts, for a perf event that PID 1 alone holds, every check of
 * the right to attach to a process: ptrace(2), /proc/PID/mem, process_vm_writev(2), pidfd_getfd(2).
 * Root has that right, so it cannot be refused; it cannot be used unseen.
 */
#ifndef BPMX_WATCH_H
#define BPMX_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct access {
	/* Who asked. */
	pid_t caller;
	/* Its name. */
	char name[16];
	/* Of whom, with its parent and the parent of that. */
	pid_t target;
	pid_t parent;
	pid_t grandparent;
};

/* Begins to watch, and sees that it works. NULL, or what is missing. */
const char *watch_begin(void);

/*
 * Calls `seen` for each access since the last call. False: some were too many to be kept, or it is
 * not being watched any more.
 */
bool watch_drain(void (*seen)(const struct access *access, void *arg), void *arg);

#endif
