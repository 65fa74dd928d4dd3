/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * A loop that the verifier walks through turn by turn, and the same with its bound raised: one line
 * differs, and what it costs has to be blamed on that line.
 */
#include "variant.h"

SEC("lsm/file_open")
int BPF_PROG(walk, void *file, int ret)
{
	__u64 word = bpf_ktime_get_ns();
	int i;

#ifdef RAISED
	for (i = 0; i < 96; i++) {
#else
	for (i = 0; i < 24; i++) {
#endif
		barrier_var(i);
		word ^= word << 7;
	}
	barrier_var(word);
	return ret;
}
