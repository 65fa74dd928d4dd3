/* SPDX-License-Identifier: Apache-2.0 */
/* What the running kernel has in place of something that an object asked for in vain. */
#ifndef BPMX_KERNEL_NAMES_H
#define BPMX_KERNEL_NAMES_H

#include "out.h"
#include "worker.h"

/*
 * `input` is the name of a struct, union or enum: KNOWN, a MEMBER record for each member or value
 * (NAME, TYPE), those of members without a name among them, or HOOK for types with a like name.
 */
void kernel_type(const void *input, struct out *out, struct progress *progress);

/*
 * `input` is the name of a function: a SYMBOL record (NAME, TYPE) for each symbol of that name and
 * each that a compiler made of it (`.isra.0`, `.part.0`, `.cold`); TRACEABLE, BLACKLISTED and
 * IN_BTF where the kernel says; HOOK for functions with a like name.
 */
void kernel_symbol(const void *input, struct out *out, struct progress *progress);

#endif
