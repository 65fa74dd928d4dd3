// SPDX-License-Identifier: Apache-2.0
/* A symbolic link that changes its target while it is opened. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include "attempt.h"
#include "report.h"

/* A secret begins with this. */
#define SECRET 'S'
/* So many times the opens that were asked for, until it is given up that the link ever changes. */
#define MOST_ROUNDS 500

static bool point(const char *link, const char *next, const char *target)
{
	unlink(next);
	return !symlink(target, next) && !rename(next, link);
}

static noreturn void flip_for_ever(const char *link, const char *next, char **targets)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int turn = 0;; turn++) {
		arrange(point(link, next, targets[turn % 2]), "a symbolic link");
		sched_yield();
	}
}

/* Whether a secret could be read; keeps the errno with which it was refused. */
static bool read_secret(const char *link, int *denial)
{
	char first = 0;
	int fd = open(link, O_RDONLY);

	if (fd < 0) {
		arrange(is_denial(errno), link);
		*denial = errno;
		return false;
	}
	if (read(fd, &first, 1) < 0)
		first = 0;
	close(fd);
	return first == SECRET;
}

/*
 * LINK ALLOWED DENIED N: LINK is opened N times, and on until it has led to DENIED once: nobody
 * promises that two processes take turns on one CPU. 0: what begins with S was read; else it never
 * was, and was refused with this at least once.
 */
static int try_swap(char **args)
{
	int denial = 0;
	int wanted;
	char next[PATH_MAX];
	pid_t pid;

	snprintf(next, sizeof(next), "%s.next", args[0]);
	arrange(point(args[0], next, args[1]), "a symbolic link");
	pid = fork();
	arrange(pid >= 0, "a second process");
	if (!pid)
		flip_for_ever(args[0], next, args + 1);
	wanted = atoi(args[3]);
	for (int i = 0; i < wanted || (!denial && i < wanted * MOST_ROUNDS); i++) {
		if (read_secret(args[0], &denial))
			return 0;
		sched_yield();
	}
	if (!denial)
		not_arranged("the link never led to the secret");
	return denial;
}

const struct operation swap_operations[] = {
	{"swap", 4, try_swap, OWNED},
	{0},
};
