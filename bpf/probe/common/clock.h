/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_CLOCK_H
#define PROBE_CLOCK_H

/* Milliseconds of CLOCK_MONOTONIC. */
long long now_ms(void);

#endif
