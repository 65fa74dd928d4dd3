// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "leftovers.h"

/* Those that have left the group, too: a subreaper is given them when their parents end. */
static void kill_children(void)
{
	char path[64];
	FILE *file;
	int pid;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	file = fopen(path, "re");
	if (!file)
		return;
	while (fscanf(file, "%d", &pid) == 1)
		kill(pid, SIGKILL);
	fclose(file);
}

/* Reaps whoever has ended. False once nobody is left. */
static bool any_left(void)
{
	pid_t pid;

	do {
		pid = waitpid(-1, NULL, __WALL | WNOHANG);
	} while (pid > 0 || (pid < 0 && errno == EINTR));
	return !pid;
}

void end_leftovers(pid_t group)
{
	kill(-group, SIGKILL);
	/* It may not have made its own group yet. */
	kill(group, SIGKILL);
	while (any_left()) {
		kill_children();
		waitpid(-1, NULL, __WALL);
	}
}
