// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * kprobe.multi needs CONFIG_FPROBE, which Debian's 6.1 cloud kernel lacks: there the kernel answers
 * EOPNOTSUPP, the same errno that libbpf has for a type it cannot attach by itself.
 */
#include "variant.h"

SEC("kprobe.multi/do_sys_openat2")
int needs_fprobe(void *ctx)
{
	return 0;
}
