// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/clock.h"
#include "watch_attempt.h"

/* A helper may still have to report why the program failed that it has been reading from. */
#define LAST_WORD_MS 1000

/* Within this most have ended; who waits for the report as well is woken twice for each of them. */
#define SOON_MS 20

/* One report, if there is one. The first counts: what made the others fail was reported first. */
static bool hear(struct attempt_answer *answer, int pipe)
{
	char packet[REPORT_PACKET_MAX];
	ssize_t len = read(pipe, packet, sizeof(packet));

	if (len <= 0)
		return false;
	if (!report_read(packet, len, answer->number)) {
		answer->end = ATTEMPT_NOT_ARRANGED;
		snprintf(answer->detail, sizeof(answer->detail), "a report that is not its own");
		return true;
	}
	if (packet[0] == REPORT_RETURNED) {
		answer->end = ATTEMPT_RETURNED;
		answer->code = atoi(packet + 1);
		return true;
	}
	answer->end = packet[0] == REPORT_ABSENT ? ATTEMPT_ABSENT : ATTEMPT_NOT_ARRANGED;
	snprintf(answer->detail, sizeof(answer->detail), "%.*s", REPORT_MAX - 1, packet + 1);
	return true;
}

/* Whether the process ended by itself in time. Stops as soon as something could not be arranged. */
static bool wait_for_end(struct attempt_answer *answer, bool *heard, int pidfd, int pipe,
			 int timeout_ms)
{
	long long deadline = now_ms() + timeout_ms;
	/* In this order: a process reports before it ends, so the pipe is read later. */
	struct pollfd fds[2] = {{.fd = pidfd, .events = POLLIN}, {.fd = pipe, .events = POLLIN}};

	poll(fds, 1, timeout_ms < SOON_MS ? timeout_ms : SOON_MS);
	for (;;) {
		long long left = deadline - now_ms();

		if (poll(fds, 2, left > 0 ? left : 0) < 0)
			continue;
		if (fds[1].revents) {
			*heard = hear(answer, pipe);
			/* Once: a closed pipe would wake us for ever. */
			fds[1].fd = -1;
			if (*heard && answer->end != ATTEMPT_RETURNED)
				return false;
		}
		if (fds[0].revents)
			return true;
		if (now_ms() >= deadline)
			return false;
	}
}

/* What was reported and how the process ended are two answers to one question. */
static void agree(struct attempt_answer *answer, int status)
{
	if (answer->end != ATTEMPT_RETURNED || !answer->code == !status)
		return;
	answer->end = ATTEMPT_NOT_ARRANGED;
	snprintf(answer->detail, sizeof(answer->detail), "errno %d reported, exited with status %d",
		 answer->code, status);
}

static void judge_end(struct attempt_answer *answer, bool heard, int pidfd, int pipe)
{
	struct pollfd last = {.fd = pipe, .events = POLLIN};
	siginfo_t info = {0};

	waitid(P_PIDFD, pidfd, &info, WEXITED | WNOWAIT);
	if (info.si_code != CLD_EXITED) {
		answer->end = ATTEMPT_SIGNALLED;
		answer->code = info.si_status;
		return;
	}
	if (heard) {
		agree(answer, info.si_status);
		return;
	}
	/* Nothing reported: it became another program, and that has ended. */
	if (info.si_status && poll(&last, 1, LAST_WORD_MS) > 0 && hear(answer, pipe))
		return;
	answer->end = info.si_status ? ATTEMPT_NOT_ARRANGED : ATTEMPT_RETURNED;
	answer->code = 0;
	snprintf(answer->detail, sizeof(answer->detail), "exited with status %d", info.si_status);
}

void watch_attempt(struct attempt_answer *answer, int pidfd, int pipe, int timeout_ms)
{
	bool heard = false;

	if (wait_for_end(answer, &heard, pidfd, pipe, timeout_ms))
		judge_end(answer, heard, pidfd, pipe);
	else if (!heard || answer->end == ATTEMPT_RETURNED)
		answer->end = ATTEMPT_TIMED_OUT;
}
