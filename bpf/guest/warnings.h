/* SPDX-License-Identifier: Apache-2.0 */
/* libbpf's last warnings, for people; no verdict rests on them. */
#ifndef BPMX_WARNINGS_H
#define BPMX_WARNINGS_H

#include "out.h"

/* From now on libbpf's warnings are kept and nothing is printed. */
void warnings_start(void);
void warnings_clear(void);
/* One of our own. */
__attribute__((format(printf, 1, 2))) void warnings_add(const char *format, ...);
/* One WARNING field for each, oldest first. */
void warnings_put(struct out *out);

/* How many there are by now. */
unsigned int warnings_mark(void);
/* Puts those since `mark` as WARNING fields, and forgets them. */
void warnings_move(struct out *out, unsigned int mark);

#endif
