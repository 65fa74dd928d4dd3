/* SPDX-License-Identifier: Apache-2.0 */
/* A program of the probe that is executed before any agent is there, and forks from then on. */
#ifndef PROBE_STANDBY_H
#define PROBE_STANDBY_H

#include <stdint.h>

#include "../../guest/sha256.h"

#define SIGNATURE_BYTES SHA256_BYTES

struct standby_program {
	const char *name;
	/* Before the first process is asked for, what all of them then need not do; or NULL. */
	void (*prepare)(void);
	int (*run)(int argc, char **argv);
};

/*
 * Given the word "standby" alone: forks a process that calls `run` whenever PID 1 asks for one, as
 * long as PID 1 lives. Otherwise it calls `run` at once, and prepares nothing.
 */
int stand_by_or_run(const struct standby_program *program, int argc, char **argv);

/* Signs a packet of the number for this run; all processes of the run have its key. */
void sign_packet(unsigned long number, const void *packet, unsigned long len,
		 uint8_t signature[SIGNATURE_BYTES]);

#endif
