// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
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

/* For one look and one open after the watch is asked to end. */
#define LAST_LOOK_MS 2000

/* Opens before and after the announcement; seen by both processes. */
struct watch {
	struct {
		unsigned long opened, denied;
	} counts[2];
	bool announced;
	/* An open has begun, and what it came to is not counted yet. */
	bool opening;
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

static void count_open(const char *path, struct watch *watch)
{
	int fd;

	watch->opening = true;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		arrange(is_denial(errno), path);
		watch->counts[watch->announced].denied++;
	} else {
		watch->counts[watch->announced].opened++;
	}
	watch->opening = false;
	close(fd);
}

/* The process that opens: an agent may answer with a signal, and KILL cannot be caught. */
static noreturn void open_on(char **args, struct watch *watch, bool once)
{
	signal(SIGTERM, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	do {
		/* Before the open: one that began after the announcement must be counted there. */
		watch->announced = watch->announced || contains_any(args[0], args[1]);
		count_open(args[2], watch);
		usleep(watch->announced ? AFTER_US : BEFORE_US);
	} while (!once);
	_exit(0);
}

/* Until it ends, or this one is to. Its exit status; 0 where a signal ended it. */
static int watch_over(pid_t pid, struct watch *watch, long long deadline)
{
	int status;

	while (!waitpid(pid, &status, WNOHANG)) {
		if (stopped || now_ms() >= deadline) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return 0;
		}
		usleep(BEFORE_US);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	/* Its open is what it was ended for. */
	if (watch->opening)
		watch->counts[watch->announced].denied++;
	watch->opening = false;
	return 0;
}

static int watch_one(char **args, struct watch *watch, long long deadline, bool once)
{
	pid_t pid = fork();

	arrange(pid >= 0, "a process");
	if (!pid)
		open_on(args, watch, once);
	return watch_over(pid, watch, deadline);
}

/*
 * A signal may have ended the process that opens after enforcement began and before it was
 * announced; whoever then ends the watch at once leaves no time for the next one.
 */
static int look_once_more(char **args, struct watch *watch)
{
	stopped = 0;
	watch->opening = false;
	return watch_one(args, watch, now_ms() + LAST_LOOK_MS, true);
}

int run_watch(char **args)
{
	long long deadline = now_ms() + atoll(args[3]);
	struct watch *watch = mmap(NULL, sizeof(*watch), PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int status = 0;

	arrange(watch != MAP_FAILED, "memory");
	watch->announced = !strcmp(args[1], "-");
	sigaction(SIGTERM, &(struct sigaction){.sa_handler = stop}, NULL);
	while (!status && !stopped && now_ms() < deadline)
		status = watch_one(args, watch, deadline, false);
	if (!status && !watch->counts[1].opened && !watch->counts[1].denied)
		status = look_once_more(args, watch);
	if (status)
		return status;
	printf("{\"announced\":%s,\"openedBefore\":%lu,\"deniedBefore\":%lu,\"openedAfter\":%lu,"
	       "\"deniedAfter\":%lu}\n",
	       watch->announced ? "true" : "false", watch->counts[0].opened,
	       watch->counts[0].denied, watch->counts[1].opened, watch->counts[1].denied);
	return 0;
}
