/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* What every variant begins with. */
#ifndef VARIANT_H
#define VARIANT_H

#include <linux/bpf.h>
#include <linux/errno.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#endif
