/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs that nobody can change any more, in memory that is sealed. Those that stand by were
 * executed before any agent was there; from then on they only fork.
 */
#ifndef BPMX_SEALED_H
#define BPMX_SEALED_H

#include <stdbool.h>
#include <stddef.h>

#include "hmac.h"
#include "process.h"

/* Of a memfd that nobody can change any more. */
#define SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

/*
 * What was copied. Nobody is there yet who could change it, so the sum is one that an emulated
 * processor is done with at once: of all words, each as often as there are words from it to the
 * end, modulo 2^32; what is missing of the last word is 0.
 */
struct sealed_copy {
	uint64_t size;
	uint32_t sum;
};

/*
 * Copies the file at `path` into sealed memory, which becomes descriptor `fd` of this process, and
 * removes the file. 0, or an errno.
 */
int sealed_add(const char *name, const char *path, int fd, struct sealed_copy *copied);

/* Executes it and leaves it standing by. 0, or an errno. */
int sealed_stand_by(const char *name, const uint8_t key[HMAC_KEY_BYTES]);

/* What a sealed program is told besides its arguments. */
struct sealed_run {
	const char *name;
	/* Goes into every signature of its output. */
	const char *nonce;
};

/*
 * A process of a program that stands by; of `process` the arguments, the cgroup and the descriptors
 * count. -1 with errno and the step that failed in `*step`.
 */
pid_t sealed_start(const struct sealed_run *run, const struct process *process, const char **step);

/* Is it a process of ours, or one that stands by? */
bool sealed_owns(pid_t pid);

/* Forgets those that have ended. */
void sealed_forget_ended(void);

#endif
