/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an object needs of its loader and does not say itself; each a line of words
 *(docs/protocol.md):
 *
 *	autoload PROGRAM 0|1
 *	attach PROGRAM PLACE
 *	target PROGRAM PATH TARGET_PROGRAM FUNCTION LABEL
 *	size MAP ENTRIES
 *	inner MAP TYPE KEY_SIZE VALUE_SIZE ENTRIES FLAGS
 *	inner-like MAP OTHER_MAP
 *	pin MAP PATH
 *	existing MAP TYPE KEY_SIZE VALUE_SIZE ENTRIES FLAGS
 *	variable SECTION OFFSET HEX
 *	loader libbpf|ebpf-go
 */
#ifndef BPMX_NEEDS_H
#define BPMX_NEEDS_H

#include "object.h"

/* What kept a need from being met; the words are in warnings. */
struct needs_failure {
	/* Positive. */
	int err;
	/* The map that this kernel does not create; NULL where it is about something else. */
	const char *map;
};

/*
 * Gives an opened object what it needs. A program without its place fails when it is loaded; false
 * for all else that cannot be had, and for a line that is none of these.
 */
bool needs_meet(char *const *lines, struct object *object, struct needs_failure *failure);

/* Where the program is to be attached by `attach`; NULL for where its section says. */
const char *needs_place(const struct bpf_program *prog);

#endif
