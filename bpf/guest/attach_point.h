/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BPMX_ATTACH_POINT_H
#define BPMX_ATTACH_POINT_H

#include <stdbool.h>

#include <bpf/libbpf.h>

#include "out.h"

/*
 * ATTACH_POINT and, where the guest can know, ATTACH_POINT_EXISTS of the place that the program's
 * section names: vmlinux or module BTF for lsm, fentry, fexit, fmod_ret, tp_btf and iter, tracefs
 * for tracepoints. Nothing for other sections. A program that `loaded` has its place in BTF.
 */
void put_attach_point(struct out *out, const struct bpf_program *prog, bool loaded);

/* The same of a number in enum bpf_attach_type, by the kernel's own list of them in its BTF. */
void put_attach_type(struct out *out, unsigned int type);

#endif
