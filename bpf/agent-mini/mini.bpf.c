// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * The object of mini-guard: three rules. Written apart from the enforcement object on purpose, so
 * that the harness meets an agent that only shares the contract with it.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "file.bpf.h"
#include "net.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
