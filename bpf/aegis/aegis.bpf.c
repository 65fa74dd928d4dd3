// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * The enforcement object: one translation unit, a header per class of program.
 *
 * Everything of it loads and attaches on kernels from 5.15 on.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include "aegis_abi.h"
#include "maps.bpf.h"
#include "net.bpf.h"
#include "file.bpf.h"
#include "exec.bpf.h"
#include "proc.bpf.h"
#include "lineage.bpf.h"
#include "fallback_net.bpf.h"
#include "fallback_file.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
