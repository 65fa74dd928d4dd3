/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_WATCH_DEED_H
#define PROBE_WATCH_DEED_H

#include "deed.h"

/*
 * Waits for the end of answer->pid, at most so long, and fills the answer. `pipe` is the
 * nonblocking end that its reports come from. The process is not reaped.
 */
void watch_deed(struct deed_answer *answer, int pidfd, int pipe, int timeout_ms);

#endif
