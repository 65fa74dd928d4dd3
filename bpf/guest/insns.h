/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_INSNS_H
#define BPMX_INSNS_H

#include <linux/bpf.h>

/* Writes the instructions of a BPF_PROG_LOAD, 8 bytes each, into a file. 0, or an errno. */
int insns_write(const char *path, const union bpf_attr *attr);

#endif
