/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest that was frozen must be given before it is believed to be a machine of its own. */
#ifndef BPMX_RESUME_H
#define BPMX_RESUME_H

#include <stddef.h>
#include <stdint.h>

/* Sets CLOCK_REALTIME to microseconds since 1970; an errno, or 0. */
int resume_clock(uint64_t time_us);
/*
 * Mixes `len` bytes that nobody else has into the kernel's random numbers and makes it take them up
 * at once: two machines of one snapshot would go on with the same numbers. An errno, or 0.
 */
int resume_entropy(const void *bytes, size_t len);

#endif
