/* SPDX-License-Identifier: Apache-2.0 */
/* A loader that lacks capabilities. */
#ifndef BPMX_CAPABILITIES_H
#define BPMX_CAPABILITIES_H

#include <stdint.h>

/*
 * Takes capabilities from this process for good; bit n of `without` is capability n. One that the
 * kernel does not know is not had anyway. 0, or a positive errno.
 */
int capabilities_drop(uint64_t without);

#endif
