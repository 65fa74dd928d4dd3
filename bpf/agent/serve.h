/* SPDX-License-Identifier: Apache-2.0 */
/* The agent at work: events, paths that change, signals. */
#ifndef AGENT_SERVE_H
#define AGENT_SERVE_H

#include "agent.h"

/* SIGTERM, SIGINT and SIGHUP as a descriptor; -1 with errno. To be called before anything else, so
 * that none is lost. */
int serve_catch_signals(void);

/* Until SIGTERM or SIGINT. */
void serve(struct agent *agent, int signals);

#endif
