/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_STRUCT_OPS_H
#define BPMX_STRUCT_OPS_H

#include "object.h"

/*
 * Attaches every struct_ops map of `object` that `prog` is a function of, each once, with a link
 * where the object wants one; a positive errno, that of the first that failed. `*place` is the
 * last one's name; `*reason` says why there is none.
 */
int struct_ops_attach(struct object *object, const struct bpf_program *prog, const char **place,
		      const char **reason);
void struct_ops_detach(struct object *object);

#endif
