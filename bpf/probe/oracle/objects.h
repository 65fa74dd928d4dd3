/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's BPF objects, each list as a JSON array on stdout. */
#ifndef PROBE_OBJECTS_H
#define PROBE_OBJECTS_H

#include "btf.h"

/* 0, or -1 and errno when the kernel refused the answer. */
int print_programs(const struct btf_hooks *hooks);
int print_links(const struct btf_hooks *hooks);

/* Tracepoint programs on perf events: the descriptors of all processes are read. */
int print_perf(void);

/* "config": the value of agent_config in hex, or null; "configs": how many maps are called so. */
int print_config(void);

#endif
