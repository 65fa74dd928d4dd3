// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "children.h"

/* Milliseconds a killed child gets to be gone. */
#define KILL_GRACE 2000

struct child {
	pid_t pid;
	bool ended;
	/* Killed, but stuck in the kernel: nobody will ask for its end. */
	bool abandoned;
	/* Of waitpid(2). */
	int status;
	struct child *next;
};

static struct child *children;

static void on_child(int signo)
{
	(void)signo;
}

void children_init(void)
{
	struct sigaction action = {.sa_handler = on_child};

	sigaction(SIGCHLD, &action, NULL);
}

long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int left_ms(long long deadline)
{
	long long left = deadline - now_ms();

	return left < 0 ? 0 : left;
}

static struct child **find(pid_t pid)
{
	struct child **at = &children;

	while (*at && (*at)->pid != pid)
		at = &(*at)->next;
	return at;
}

static void default_signals(void)
{
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		signal(signo, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void know(struct child *child, pid_t pid)
{
	child->pid = pid;
	child->next = children;
	children = child;
}

pid_t children_fork(void)
{
	struct child *child = calloc(1, sizeof(*child));
	pid_t pid = child ? fork() : -1;

	if (pid == 0) {
		default_signals();
		free(child);
		return 0;
	}
	if (pid < 0) {
		free(child);
		errno = child ? errno : ENOMEM;
		return -1;
	}
	know(child, pid);
	return pid;
}

int children_adopt(pid_t pid)
{
	struct child *child = calloc(1, sizeof(*child));

	if (!child)
		return -1;
	know(child, pid);
	return 0;
}

static void forget(pid_t pid)
{
	struct child **at = find(pid);
	struct child *child = *at;

	*at = child->next;
	free(child);
}

void children_reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		struct child *child = *find(pid);

		if (!child)
			continue;
		child->ended = true;
		child->status = status;
		if (child->abandoned)
			forget(pid);
	}
}

bool children_known(pid_t pid)
{
	return *find(pid) != NULL;
}

bool children_wait(pid_t pid, unsigned int timeout_ms, struct child_end *end)
{
	return children_wait_woken(pid, timeout_ms, -1, end);
}

bool children_wait_woken(pid_t pid, unsigned int timeout_ms, int wake, struct child_end *end)
{
	long long deadline = now_ms() + timeout_ms;
	struct child *child = *find(pid);

	*end = (struct child_end){.end = END_RUNNING};
	if (!child)
		return false;
	struct pollfd fds[2] = {
		{.fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN},
		{.fd = wake, .events = POLLIN},
	};

	children_reap();
	while (!child->ended && !fds[1].revents && left_ms(deadline) > 0) {
		/* Without a pidfd (the kernel had none left) look again every few milliseconds. */
		int limit = fds[0].fd < 0 ? 5 : left_ms(deadline);

		poll(fds, 2, limit);
		children_reap();
	}
	if (fds[0].fd >= 0)
		close(fds[0].fd);
	if (!child->ended)
		return true;
	if (WIFSIGNALED(child->status))
		*end = (struct child_end){.end = END_SIGNALLED, .code = WTERMSIG(child->status)};
	else
		*end = (struct child_end){.end = END_EXITED, .code = WEXITSTATUS(child->status)};
	forget(pid);
	return true;
}

void children_kill(pid_t pid)
{
	struct child_end end;

	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	if (children_wait(pid, KILL_GRACE, &end) && end.end == END_RUNNING)
		(*find(pid))->abandoned = true;
}
