/* SPDX-License-Identifier: Apache-2.0 */
/* What mini-guard says: the capability report, and events as lines of JSON on stdout. */
#ifndef MINI_TELL_H
#define MINI_TELL_H

#include "guard.h"

/* `blocker` NULL: none. 0, or -1 with errno. */
int tell_report(const char *path, const struct guard *guard, const struct rules *rules,
		const char *state, const char *blocker);
void tell_state(const char *state, const char *reason);

/* record.c: for a ring_buffer. */
int tell_record(void *context, void *record, size_t len);

#endif
