/* SPDX-License-Identifier: Apache-2.0 */
/* How an attempt reports its outcome: "it failed" is never taken for "it was denied". */
#ifndef PROBE_REPORT_H
#define PROBE_REPORT_H

#include <stdbool.h>
#include <stdnoreturn.h>

#include "../common/standby.h"

/* The first letter of a packet to the batch; the rest is an errno in decimal, or text. */
#define REPORT_RETURNED     'R'
#define REPORT_NOT_ARRANGED 'N'
#define REPORT_ABSENT       'A'
#define REPORT_MAX          512
#define REPORT_PACKET_MAX   (REPORT_MAX + SIGNATURE_BYTES)

/*
 * From now on into this pipe, a packet each, signed for the attempt of this number: root can write
 * into the pipe of any process. Before: stdout and stderr.
 */
void report_to(int pipe, unsigned long attempt);

/* What was reported into the pipe of that attempt, as a string; false when it is signed by nobody.
 */
bool report_read(char *packet, long len, unsigned long attempt);

/* The status of an acting process that has reported an errno other than 0. */
#define REPORT_REFUSED 3

/* The operation has been tried, and this is its errno. */
void report_returned(int err);

/* Something had to be arranged first and could not. Ends the process with status 2. */
noreturn void not_arranged(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* This kernel has no such thing. Ends the process with status 2. */
noreturn void absent(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Unless ok: not_arranged with this and the text of errno. */
void arrange(int ok, const char *what);

/* The same, but an errno that says "not in this kernel" is reported as absent. */
void facility(int ok, const char *what);

/* A denial by whoever enforces: EPERM, or EACCES where an agent answers so. */
bool is_denial(int err);

/* The errno of a call that answers -1 for failure, 0 otherwise. */
int outcome(long result);

/* The same for a call that not every kernel has: ENOSYS is reported as absent. */
int outcome_of(long result, const char *what);

#endif
