// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Reads the kernel's configuration, which libbpf looks for in /boot or /proc. */
#include "variant.h"

extern int CONFIG_HZ __kconfig;
__u64 hz;

SEC("lsm/file_open")
int BPF_PROG(knows_hz, void *file, int ret)
{
	hz = CONFIG_HZ;
	return ret;
}
