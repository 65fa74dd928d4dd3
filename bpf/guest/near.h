/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_NEAR_H
#define BPMX_NEAR_H

#include <stdbool.h>

/*
 * Could `name` be what somebody meant who wrote `wanted`: one has the other in it, or few letters
 * differ. A coarse sieve for lists of a hundred thousand names; the harness ranks what is left.
 */
bool is_near(const char *wanted, const char *name);

#endif
