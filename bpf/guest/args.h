/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of one request, checked against what its operation takes. */
#ifndef BPMX_ARGS_H
#define BPMX_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

enum cardinality { ONE, OPTIONAL, MANY };

struct rule {
	uint16_t id;
	enum cardinality cardinality;
};

struct arg {
	uint16_t id;
	uint32_t len;
	/* A string is NUL-terminated here. */
	const uint8_t *data;
	uint64_t number;
};

struct args {
	struct arg *list;
	size_t count;
	/* Copies of the strings. */
	char *arena;
};

/* Where and why a payload was refused. */
struct complaint {
	enum bpmx_error code;
	char text[256];
};

/*
 * Splits `payload` and checks it: framing, known fields of the right kind, the operation's rules.
 * False leaves the reason in `why`; args_free() is due in either case.
 */
bool args_parse(struct args *args, const uint8_t *payload, size_t len, const struct rule *rules,
		size_t nrules, struct complaint *why);
void args_free(struct args *args);

/* The first field with this id, or NULL. */
const struct arg *args_find(const struct args *args, uint16_t id);
const char *args_string(const struct args *args, uint16_t id, const char *otherwise);
uint64_t args_u64(const struct args *args, uint16_t id, uint64_t otherwise);
/* TIMEOUT_MS, at most an hour. */
unsigned int args_timeout(const struct args *args);
/* All strings with this id as a NULL-terminated vector for execve(2); free() it. NULL: no memory.
 */
char **args_vector(const struct args *args, uint16_t id);

/* "PATH" for F_PATH, NULL for an id that is not in the protocol. */
const char *field_name(uint16_t id);

#endif
