/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dangerous work in a child of its own: a crash or a hang of libbpf or of the kernel under it is an
 * answer. The child streams fields into a pipe; what it had flushed before it died is kept.
 */
#ifndef BPMX_WORKER_H
#define BPMX_WORKER_H

#include "out.h"
#include "protocol.h"

/* Written by the worker, readable after its death. */
struct progress {
	uint32_t stage;
	char name[128];
};

/* Runs in the child; sends its answer to `out` (flushed at the end for it). */
typedef void (*work_fn)(const void *input, struct out *out, struct progress *progress);

/*
 * Runs `work` with a deadline and appends to `reply` what it sent, then END, END_CODE and the
 * progress. Returns 0, or an errno when the child could not be started.
 */
int worker_run(work_fn work, const void *input, unsigned int timeout_ms, struct out *reply);

void progress_at(struct progress *progress, enum bpmx_stage stage, const char *name);

#endif
