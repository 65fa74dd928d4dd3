/* SPDX-License-Identifier: Apache-2.0 */
/* A JSON writer for objects of scalars, nested objects and arrays of strings. Pure: it writes into
 * memory. */
#ifndef AGENT_JSON_H
#define AGENT_JSON_H

#include <stdbool.h>
#include <stddef.h>

struct json {
	char *text; /* NUL-terminated; grows */
	size_t len;
	size_t room;
	bool comma;  /* the next member needs one before it */
	bool failed; /* out of memory; everything after is dropped */
};

void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/*
 * `text` is bytes of unknown origin up to `len` or its first NUL: what is not UTF-8 becomes U+FFFD,
 * control characters are escaped. `key` NULL inside an array. Named for its type on purpose: no
 * overload may take a string for a boolean.
 */
void json_string(struct json *json, const char *key, const char *text, size_t len);
void json_text(struct json *json, const char *key, const char *text);
void json_unsigned(struct json *json, const char *key, unsigned long long value);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

void json_free(struct json *json);

#endif
