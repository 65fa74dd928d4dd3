/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_ATTACH_H
#define BPMX_ATTACH_H

#include "load.h"

/*
 * Attaches each program of `object` that is loaded, one after the other, all links held until the
 * last was tried, as in an agent; then detaches them. OUTCOME records go to the harness as soon as
 * all are attached where `request` wants that (worker_answer()), and otherwise to `out` at the end.
 */
void attach_all(const struct load_request *request, struct object *object, struct out *out,
		struct progress *progress);

#endif
