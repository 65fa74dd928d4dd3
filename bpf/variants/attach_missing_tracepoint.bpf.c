// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Loads everywhere, and has nothing to attach to: no kernel has this tracepoint. */
#include "variant.h"

SEC("tp/syscalls/sys_enter_no_such_call")
int no_such_call(void *ctx)
{
	return 0;
}
