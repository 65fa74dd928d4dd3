/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between PID 1 and a sealed program that stands by: a local socket, which nobody can open by its
 * name in /proc. First the key; then a packet for each process that is wanted, of strings with
 * their NULs (cgroup or "", nonce, arguments) and three descriptors for stdin, stdout and stderr.
 */
#ifndef BPMX_STANDBY_H
#define BPMX_STANDBY_H

#include <stdint.h>

#define STANDBY_FD   3
#define STANDBY_MAX  (96 * 1024)
#define STANDBY_WORD "standby"

/* The status of a process that may not use its own input or output. */
#define STANDBY_DENIED 77

/* The answer: a process that is a child of PID 1, or why there is none. */
struct standby_answer {
	int32_t pid;
	int32_t err;
};

#endif
