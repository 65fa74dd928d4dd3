/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_WATCH_ATTEMPT_H
#define PROBE_WATCH_ATTEMPT_H

#include "one_attempt.h"

/*
 * Waits for the end of answer->pid, at most so long, and fills the answer. `pipe` is the
 * nonblocking end that its reports come from. The process is not reaped.
 */
void watch_attempt(struct attempt_answer *answer, int pidfd, int pipe, int timeout_ms);

#endif
