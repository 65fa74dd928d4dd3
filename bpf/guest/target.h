/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that another one is attached to: freplace replaces a function of it, fentry and fexit
 * trace one. It is loaded first, and stays until the worker ends.
 */
#ifndef BPMX_TARGET_H
#define BPMX_TARGET_H

#include <bpf/libbpf.h>

#include "out.h"

/*
 * `words`: PATH PROGRAM FUNCTION LABEL, the rest of a line `target` (needs.h). 0, or EINVAL for
 * what is none. A target that cannot be had is a matter of `prog` alone, whose load fails.
 */
int target_give(struct bpf_program *prog, const char *words);

/* `function f of program p of x.bpf.o`; NULL for a program without a target. */
const char *target_place(const struct bpf_program *prog);

/*
 * The outcome of loading a program whose target could not be had, with what libbpf said of the
 * target; false for every other program.
 */
bool target_put_failure(const struct bpf_program *prog, struct out *out);

#endif
