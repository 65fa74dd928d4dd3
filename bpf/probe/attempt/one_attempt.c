// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attempt.h"
#include "cgroup.h"
#include "one_attempt.h"
#include "leftovers.h"
#include "watch_attempt.h"

/* Of an acting process that shares our memory: a page that nobody may touch, and what it needs. */
#define GUARD_BYTES 4096
#define STACK_BYTES (GUARD_BYTES + 256 * 1024)

static int null_fd = -1;
static char *stack;

int attempt_prepare(void)
{
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null_fd < 0)
		return -1;
	stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED || mprotect(stack, GUARD_BYTES, PROT_NONE))
		return -1;
	return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/* What an executed program prints must not get between the answers, and it must not read the
 * questions. */
static void detach(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(2);
	arrange(setsid() >= 0, "a session");
	arrange(dup2(null_fd, STDIN_FILENO) >= 0 && dup2(null_fd, STDOUT_FILENO) >= 0, "/dev/null");
	prctl(PR_SET_NAME, ATTEMPT_NAME);
}

static noreturn void act(const struct attempt *attempt)
{
	const struct operation *operation = find_operation(attempt->operation);

	if (!operation)
		not_arranged("no operation called %s", attempt->operation);
	if (operation->arguments != attempt->arguments)
		not_arranged("%s takes %d arguments, not %d", operation->name, operation->arguments,
			     attempt->arguments);
	if (attempt->cgroup)
		enter_cgroup(attempt->cgroup);
	/* Last: nothing that has to be arranged may meet a rule on it. */
	if (attempt->name)
		prctl(PR_SET_NAME, attempt->name);
	int err = operation->run(attempt->args);

	report_returned(err);
	_exit(err ? REPORT_REFUSED : 0);
}

/* What an acting process is given; there as long as it acts. */
struct part {
	const struct attempt *attempt;
	unsigned long number;
	int pipe;
	pid_t parent;
};

static int begin(void *given)
{
	const struct part *part = given;

	report_to(part->pipe, part->number);
	detach(part->parent);
	act(part->attempt);
}

static bool shares_memory(const struct attempt *attempt)
{
	const struct operation *operation = find_operation(attempt->operation);

	return operation && operation->memory == SHARED;
}

/* A process of its own in any case. */
static pid_t start(struct part *part)
{
	pid_t pid;

	if (shares_memory(part->attempt))
		return clone(begin, stack + STACK_BYTES, CLONE_VM | SIGCHLD, part);
	pid = fork();
	if (!pid)
		begin(part);
	return pid;
}

/*
 * While it acts nothing is called here that could fail, allocate or print: with shared memory,
 * errno and the heap are the acting process'.
 */
int attempt_run(const struct attempt *attempt, struct attempt_answer *answer)
{
	static unsigned long attempts;
	struct part part = {.attempt = attempt, .number = attempts++, .parent = getpid()};
	int ends[2];
	int pidfd;

	answer->number = part.number;
	/* Packets: what two writers send does not mix. */
	if (pipe2(ends, O_CLOEXEC | O_DIRECT | O_NONBLOCK))
		return -1;
	part.pipe = ends[1];
	answer->pid = start(&part);
	close(ends[1]);
	pidfd = answer->pid < 0 ? -1 : syscall(SYS_pidfd_open, answer->pid, 0);
	if (pidfd >= 0) {
		watch_attempt(answer, pidfd, ends[0], attempt->timeout_ms);
		close(pidfd);
	}
	close(ends[0]);
	if (answer->pid > 0)
		end_leftovers(answer->pid);
	return pidfd < 0 ? -1 : 0;
}
