/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_UNRESOLVED_H
#define BPMX_UNRESOLVED_H

#include "out.h"
#include "worker.h"

/*
 * `input` is the path of an object, one that libbpf may not open: an UNRESOLVED record for each
 * place that uses a symbol which the object does not define (NAME, SECTION, INSN within the
 * section), with FILE, LINE, COLUMN and TEXT where it has line info.
 */
void unresolved(const void *input, struct out *out, struct progress *progress);

#endif
