/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the programs in the kernel, as lines of JSON. Pure. */
#ifndef LSMAUDIT_DECODE_H
#define LSMAUDIT_DECODE_H

#include <stddef.h>

#include "agent/json.h"

/* A part of a record that must be zero and is not. */
struct dirt {
	const char *field;
	size_t offset; /* of the first such byte, from the start of the record */
	size_t count;
};

enum { DIRT_MAX = 4 };

/*
 * Appends the event, one object. Fills in what is not clean: bytes behind the end of a string, and
 * padding. Gives the number of parts that are not, or -1 for a record of no known layout.
 */
int decode_record(struct json *line, const void *record, size_t len, struct dirt dirt[DIRT_MAX]);

#endif
