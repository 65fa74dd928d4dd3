// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* One function that newer kernels inline, and one that all have. */
#include "variants/variant.h"

__u64 hits;

SEC("kprobe/blk_account_io_start")
int BPF_KPROBE(on_account)
{
	hits++;
	return 0;
}

SEC("kprobe/blk_mq_start_request")
int BPF_KPROBE(on_start)
{
	hits++;
	return 0;
}
