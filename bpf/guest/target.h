/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that another one is attached to: freplace replaces a function of it, fentry and fexit
 * trace one. It is loaded first, and stays until the worker ends.
 */
#ifndef BPMX_TARGET_H
#define BPMX_TARGET_H

#include <bpf/libbpf.h>

/*
 * `words`: PATH PROGRAM FUNCTION LABEL, the rest of a line `target` (needs.h). 0, or EINVAL for
 * what is none. A target that cannot be had is a matter of `prog` alone: a warning says why, and
 * the load of `prog` fails.
 */
int target_give(struct bpf_program *prog, const char *words);

/* `function f of program p of x.bpf.o`; NULL for a program without a target. */
const char *target_place(const struct bpf_program *prog);

/* The positive errno that kept a program from its target; 0 where nothing did. */
int target_error(const struct bpf_program *prog);

#endif
