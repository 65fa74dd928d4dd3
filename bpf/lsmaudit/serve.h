/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LSMAUDIT_SERVE_H
#define LSMAUDIT_SERVE_H

#include "observer.h"

/* The line that announces a state; `reason` NULL where there is nothing to explain. */
void announce(const char *state, const char *reason);

/* Prints events until SIGTERM or SIGINT, then what is still in the ring. 0, or -1 with errno. */
int serve(struct observer *observer);

#endif
