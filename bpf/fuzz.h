/* SPDX-License-Identifier: Apache-2.0 */
/* What every libFuzzer target has. */
#ifndef BPF_FUZZ_H
#define BPF_FUZZ_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A property that does not hold is found as a crash is. */
static inline void expect(bool condition)
{
	if (!condition)
		abort();
}

/* A copy that ends where the input ends, so that the sanitizer sees what reads on; free() it. */
static inline uint8_t *exact_copy(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

#endif
