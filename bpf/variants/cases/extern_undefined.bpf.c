// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Calls a function that is declared and nowhere defined. */
#include "variants/variant.h"

#define BYTES 16

extern int sum_of(const void *bytes, int count);

SEC("tracepoint/syscalls/sys_enter_openat")
int sums(void *context)
{
	char bytes[BYTES] = {};

	return sum_of(bytes, BYTES);
}
