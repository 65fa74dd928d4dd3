// SPDX-License-Identifier: Apache-2.0
/* What can be done to the machine as a whole. */
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hostile.h"

static void fork_bomb(void)
{
	for (int i = 0; i < 100; i++)
		if (!fork())
			for (;;)
				fork();
}

static void remount(void)
{
	static int done;
	static const char *const places[] = {"/sealed", "/probe",         "/tmp", "/run",
					     "/dev",    "/sys/fs/cgroup", "/proc"};

	if (done++)
		return;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		mkdir(places[i], 0755);
		mount("none", places[i], "tmpfs", 0, NULL);
	}
	mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL);
}

/* Reads, writes and opens of everybody, once the agent has reported how well it is. */
static void deny_everything(void)
{
	char *const argv[] = {"/hostile/pin", "/hostile/deny_everything.bpf.o", NULL};
	char *const env[] = {NULL};
	struct stat st;

	if (stat("/agent/capabilities.json", &st) || !st.st_size)
		return;
	execve(*argv, argv, env);
}

const struct attack machine_attacks[] = {
	{"fork-bomb", fork_bomb},
	{"remount", remount},
	{"deny-everything", deny_everything},
	{0},
};
