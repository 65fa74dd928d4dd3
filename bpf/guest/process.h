/* SPDX-License-Identifier: Apache-2.0 */
/* Starts a program as a process of its own session, with exactly the environment asked for. */
#ifndef BPMX_PROCESS_H
#define BPMX_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

struct process {
	/* NULL-terminated; argv[0] is the file, no search path. */
	char **argv;
	char **env;
	/* NULL: the root folder. */
	const char *cwd;
	/* Folder of a cgroup v2, created when missing; NULL: the guest's own. */
	const char *cgroup;
	uint32_t uid;
	uint32_t gid;
	int stdin_fd;
	int stdout_fd;
	int stderr_fd;
};

/*
 * Starts it and returns its pid once execve(2) has succeeded. -1 with errno, and the step that
 * failed in `*step`.
 */
pid_t process_start(const struct process *process, const char **step);

#endif
