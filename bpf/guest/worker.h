/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dangerous work in a child of its own: a crash or a hang of libbpf or of the kernel under it is an
 * answer. The child streams fields into a pipe; what it had flushed before it died is kept.
 */
#ifndef BPMX_WORKER_H
#define BPMX_WORKER_H

#include "out.h"
#include "protocol.h"

/* Bytes of an answer that is given without a system call. */
#define WORKER_ANSWER_MAX (256u << 10)

/* Shared with the worker, readable after its death. */
struct progress {
	uint32_t stage;
	char name[128];
	/* Set after the two below: the answer is complete. */
	uint32_t is_answered;
	uint32_t answer_len;
	uint8_t answer[WORKER_ANSWER_MAX];
};

/* Runs in the child; sends its answer to `out` (flushed at the end for it). */
typedef void (*work_fn)(const void *input, struct out *out, struct progress *progress);

/*
 * Runs `work` with a deadline and appends to `reply` what it sent, then END, END_CODE and the
 * progress; END_RUNNING for one that has answered and lives on. Returns 0, or an errno when the
 * child could not be started.
 */
int worker_run(work_fn work, const void *input, unsigned int timeout_ms, struct out *reply);

/*
 * Ends the answer of a worker in STAGE_ATTACH while it lives on: `answer` is the last of it. No
 * system call is made, so that nothing that is attached can forbid it. False: too long, and not
 * given.
 */
bool worker_answer(struct progress *progress, const struct out *answer);

/*
 * Waits for the end of a worker that lives on after its answer, and kills it when its time is up.
 * Anything that fails while there is one may have been forbidden by what it attached. False: there
 * is none.
 */
bool worker_settle(void);

void progress_at(struct progress *progress, enum bpmx_stage stage, const char *name);

#endif
