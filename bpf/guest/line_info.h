/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_LINE_INFO_H
#define BPMX_LINE_INFO_H

#include <linux/bpf.h>

#include <bpf/btf.h>

#include "out.h"

/* The line info of a BPF_PROG_LOAD as LINE_INFO records; none when the load carried none. */
void line_info_put(struct out *out, const union bpf_attr *attr, const struct btf *btf);

/* Its functions as FUNCTION records: INSN, the first one, and NAME. */
void functions_put(struct out *out, const union bpf_attr *attr, const struct btf *btf);

/*
 * Writes the line info of a BPF_PROG_LOAD as LINE_INFO records (INSN, FILE, LINE, COLUMN, TEXT)
 * into a file. 0, or an errno; ENODATA when the load carried none.
 */
int line_info_write(const char *path, const union bpf_attr *attr, const struct btf *btf);

#endif
