/* SPDX-License-Identifier: Apache-2.0 */
/* One JSON value of what the oracle prints: no spaces, numbers are whole, text is ASCII. */
#ifndef PROBE_FUZZ_JSON_CHECK_H
#define PROBE_FUZZ_JSON_CHECK_H

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const char *json_value_end(const char *at);

static inline const char *json_string_end(const char *at)
{
	for (at++; *at && *at != '"'; at++) {
		if (*at < 0x20 || *at > 0x7e)
			return NULL;
		if (*at == '\\' && !strchr("\"\\u", *++at))
			return NULL;
	}
	return *at ? at + 1 : NULL;
}

/* Members, with a key each where `close` is a brace. */
static inline const char *json_list_end(const char *at, char close)
{
	if (at[1] == close)
		return at + 2;
	do {
		at++;
		if (close == '}') {
			at = *at == '"' ? json_string_end(at) : NULL;
			if (!at || *at++ != ':')
				return NULL;
		}
		at = json_value_end(at);
	} while (at && *at == ',');
	return at && *at == close ? at + 1 : NULL;
}

/* Where it ends; NULL when it is none. */
static inline const char *json_value_end(const char *at)
{
	if (*at == '{')
		return json_list_end(at, '}');
	if (*at == '[')
		return json_list_end(at, ']');
	if (*at == '"')
		return json_string_end(at);
	if (!strncmp(at, "null", 4))
		return at + 4;
	at += *at == '-';
	if (!isdigit((unsigned char)*at))
		return NULL;
	while (isdigit((unsigned char)*at))
		at++;
	return at;
}

#endif
