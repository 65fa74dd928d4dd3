/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_UTF8_H
#define BPMX_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Is this well-formed UTF-8 (RFC 3629) without a NUL? */
bool utf8_valid(const uint8_t *text, size_t len);

/* Replaces NUL and every byte that is not part of a well-formed sequence with '?', in place. */
void utf8_scrub(uint8_t *text, size_t len);

#endif
