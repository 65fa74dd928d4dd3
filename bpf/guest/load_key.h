/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the verifier gets to see of a program, as a hash: its instructions after relocation, its
 * maps, its types and its attributes, and not where its source lines are. Programs with one key
 * have one verdict and one count of instructions on one kernel.
 */
#ifndef BPMX_LOAD_KEY_H
#define BPMX_LOAD_KEY_H

#include <stdbool.h>

#include <linux/bpf.h>

#include "sha256.h"
#include "object.h"

/* Lower-case hex and NUL. */
#define LOAD_KEY_SIZE (2 * SHA256_BYTES + 1)

/*
 * The key of a program that libbpf is about to load. False: it refers to something that has no
 * place in a key (another program, a module's BTF, a descriptor of unknown kind).
 */
bool load_key(const union bpf_attr *attr, const struct object *object, char key[LOAD_KEY_SIZE]);

#endif
