// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* BPF_PROG_TYPE_SYSCALL came with 5.14 (kernel commit 79a7f8bdb159): 5.10 refuses it without a
 * word. */
#include "variant.h"

SEC("syscall")
int run_by_hand(void *ctx)
{
	return 0;
}
