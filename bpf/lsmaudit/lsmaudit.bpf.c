// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * An observer: two LSM programs that report what the processes of traced families open and where
 * they connect to, and that never decide anything.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "connect.bpf.h"
#include "open.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
