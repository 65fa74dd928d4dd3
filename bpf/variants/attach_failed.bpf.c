// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Loads everywhere; the function to probe does not exist, and only the attempt to attach can tell.
 */
#include "variant.h"

SEC("kprobe/no_such_kernel_function")
int no_such_function(void *ctx)
{
	return 0;
}
