// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Attached to a function that has its name on arm64 alone. */
#include "variant.h"

SEC("kprobe/__arm64_sys_unlinkat")
int enters_unlinkat(void *ctx)
{
	return 0;
}
