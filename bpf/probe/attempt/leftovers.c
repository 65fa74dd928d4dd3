// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <signal.h>
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

void end_leftovers(pid_t group)
{
	kill(-group, SIGKILL);
	/* It may not have made its own group yet. */
	kill(group, SIGKILL);
	do {
		kill_children();
	} while (waitpid(-1, NULL, __WALL) >= 0 || errno != ECHILD);
}
