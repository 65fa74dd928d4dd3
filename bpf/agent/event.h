/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the ring buffer as lines of JSON. Pure: bytes in, text out. */
#ifndef AGENT_EVENT_H
#define AGENT_EVENT_H

#include <stddef.h>

#include "json.h"
#include "posture.h"

/*
 * Appends one object, without a newline, for a record of `len` bytes. False, with nothing appended,
 * when the record is none of aegis_abi.h: an unknown type, a wrong length, a member out of its
 * range.
 */
bool event_format(const void *record, size_t len, struct json *json);

/* Who the agent itself is, for its own event. */
struct event_self {
	unsigned pid;
	unsigned ppid;
	unsigned long long start_time; /* clock ticks since boot, field 22 of /proc/PID/stat */
	unsigned long long cgid;
	const char *comm;
};

/* The announcement of a state; `action` says what happens to an offender from now on. */
void event_format_state(const struct event_self *self, enum runtime_state state, const char *action,
			const char *reason, struct json *json);

#endif
