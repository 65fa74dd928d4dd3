/* SPDX-License-Identifier: Apache-2.0 */
/* Output whose lines the harness can tell from what others have written into the same place. */
#ifndef PROBE_SIGNED_H
#define PROBE_SIGNED_H

#include <stdint.h>

/*
 * From now on each line of stdout is "L<signature> <line>", which is of the key, the nonce and the
 * number of the line.
 */
int sign_stdout(const uint8_t *key, const char *nonce);

/* Writes "E<signature>": nothing has been left out, and nothing follows. */
void end_signed(void);

#endif
