// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* The symbol, and so the program, has a name with a letter that no kernel takes: EINVAL, empty log.
 */
#include "variant.h"

int deny_all(void *ctx) asm("deny-all");

SEC("lsm/file_open")
int deny_all(void *ctx)
{
	return 0;
}
