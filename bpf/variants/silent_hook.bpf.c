// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * An iterator over what has none: there is a function bpf_iter_run_prog() in the kernel, so libbpf
 * finds what the section names, and the kernel answers EINVAL without a word.
 */
#include "variant.h"

struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
} __attribute__((preserve_access_index));

struct bpf_iter__run_prog {
	struct bpf_iter_meta *meta;
};

SEC("iter/run_prog")
int dump_runs(struct bpf_iter__run_prog *ctx)
{
	static const char line[] = "run\n";

	bpf_seq_write(ctx->meta->seq, line, sizeof(line) - 1);
	return 0;
}
