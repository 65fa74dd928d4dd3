// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Programs that load, and that nobody but their own loader can attach. */
#include "variant.h"

SEC("kprobe")
int nameless_kprobe(void *ctx)
{
	return 0;
}

SEC("action")
int traffic_action(struct __sk_buff *skb)
{
	return 0;
}

SEC("lwt_in")
int route(struct __sk_buff *skb)
{
	return BPF_OK;
}

SEC("syscall")
int program_to_run(void *ctx)
{
	return 0;
}

SEC("iter/bpf_sk_storage_map")
int storage_iterator(void *ctx)
{
	return 0;
}
