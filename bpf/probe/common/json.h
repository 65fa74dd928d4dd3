/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_JSON_H
#define PROBE_JSON_H

#include <stdio.h>

/* A quoted JSON string. A byte that is not ASCII becomes U+FFFD: nobody promised that it is UTF-8.
 */
void json_string(FILE *out, const char *text);

/* The same, or null for NULL. */
void json_string_or_null(FILE *out, const char *text);

#endif
