// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/clock.h"
#include "modes.h"
#include "report.h"

/* Of FILE; what is announced stands in the first events of an agent. */
#define LOOKED_AT (256 * 1024)

/*
 * Between two opens: each is an event that an agent has to report, and on one processor a tighter
 * loop keeps an agent that starts from starting.
 */
#define BEFORE_US 5000
#define AFTER_US  1000

struct counts {
	unsigned long opened, denied;
};

static volatile sig_atomic_t stopped;

static void stop(int signo)
{
	(void)signo;
	stopped = 1;
}

/* Needles are separated by newlines, which no needle has. */
static bool has_any(const char *text, size_t len, const char *needles)
{
	size_t size;

	for (; *needles; needles += size + (needles[size] == '\n')) {
		size = strcspn(needles, "\n");
		if (size && memmem(text, len, needles, size))
			return true;
	}
	return false;
}

/* A file that is not there yet contains nothing. */
static bool contains_any(const char *path, const char *needles)
{
	static char text[LOOKED_AT];
	size_t len = 0;
	ssize_t more;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	while (len < sizeof(text) && (more = read(fd, text + len, sizeof(text) - len)) > 0)
		len += more;
	close(fd);
	return has_any(text, len, needles);
}

static void count_open(const char *path, struct counts *counts)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		arrange(is_denial(errno), path);
		counts->denied++;
		return;
	}
	counts->opened++;
	close(fd);
}

int run_watch(char **args)
{
	const char *needles = args[1];
	long long deadline = now_ms() + atoll(args[3]);
	struct counts counts[2] = {0};
	bool announced = !strcmp(needles, "-");

	signal(SIGTERM, stop);
	while (!stopped && now_ms() < deadline) {
		/* Before the open: one that began after the announcement must be counted there. */
		announced = announced || contains_any(args[0], needles);
		count_open(args[2], &counts[announced]);
		usleep(announced ? AFTER_US : BEFORE_US);
	}
	printf("{\"announced\":%s,\"openedBefore\":%lu,\"deniedBefore\":%lu,\"openedAfter\":%lu,"
	       "\"deniedAfter\":%lu}\n",
	       announced ? "true" : "false", counts[0].opened, counts[0].denied, counts[1].opened,
	       counts[1].denied);
	return 0;
}
