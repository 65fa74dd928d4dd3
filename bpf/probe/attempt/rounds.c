// SPDX-License-Identifier: Apache-2.0
/* One process that opens the same files again and again, a round whenever it is told to. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "modes.h"
#include "numbered.h"
#include "report.h"

/* Between two opens of every round but the first: whoever reads their records has the time for it.
 */
#define PACE_US 10000

int open_numbered(const char *folder, int number, int flags)
{
	char path[PATH_MAX];
	int fd;

	snprintf(path, sizeof(path), "%s/%d", folder, number);
	fd = open(path, flags | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

int run_rounds(char **args)
{
	int count = atoi(args[1]), rounds = atoi(args[2]), signo;
	sigset_t next;

	sigemptyset(&next);
	sigaddset(&next, SIGUSR1);
	sigprocmask(SIG_BLOCK, &next, NULL);
	for (int round = 0; round < rounds; round++) {
		int err = 0;

		if (round)
			arrange(!sigwait(&next, &signo), "a signal");
		for (int i = 0; !err && i < count; i++) {
			err = open_numbered(args[0], i, O_RDONLY);
			if (round)
				usleep(PACE_US);
		}
		printf("%d\n", err);
		fflush(stdout);
	}
	return 0;
}
