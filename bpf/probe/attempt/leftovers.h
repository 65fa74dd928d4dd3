/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_LEFTOVERS_H
#define PROBE_LEFTOVERS_H

#include <sys/types.h>

/* Kills a process group, and every child that this process has or is given, and reaps them all. */
void end_leftovers(pid_t group);

#endif
