/* SPDX-License-Identifier: Apache-2.0 */
/* How object_load goes about it, in parts. For the object_*.c files only. */
#ifndef AGENT_OBJECT_STEPS_H
#define AGENT_OBJECT_STEPS_H

#include "object.h"

struct btf;

/* Not in the errno.h of any C library: include/linux/errno.h. */
#define ENOTSUPP      524
#define HOOKS_REFUSED "ENOTSUPP: this kernel has no ftrace direct calls"

__attribute__((format(printf, 3, 4))) void
program_set_status(struct program *program, enum program_status status, const char *format, ...);

/* NULL with `failure` filled. */
struct bpf_object *object_open(const struct object_request *request, struct failure *failure);

/* The program of each hook; a program on a hook nobody knows is left out. */
void object_find_programs(struct object *object);

/* Says of each program whether it shall be loaded: PROGRAM_LOADED means so from here on. */
void object_plan(struct object *object, const struct object_request *request,
		 const struct btf *btf);

/* Rule maps at the size of the policy, and the knobs. */
void object_prepare_maps(struct bpf_object *bpf, const struct object_request *request);

/* Judges one program alone; true when the kernel refuses it. */
bool object_reject_alone(struct object *object, const struct object_request *request, size_t index,
			 struct failure *failure);

#endif
