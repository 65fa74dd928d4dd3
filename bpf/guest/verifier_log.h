/* SPDX-License-Identifier: Apache-2.0 */
/* BPF_PROG_LOAD with a log that loses neither the errno nor the verdict at its end. */
#ifndef BPMX_VERIFIER_LOG_H
#define BPMX_VERIFIER_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/bpf.h>

/* Kernels before 5.2 refuse 16 MiB and more. */
#define LOG_SIZE_FIRST ((16u << 20) - 1)
/* Statistics, a bit of the log level. */
#define LEVEL_STATS 4u
/* Signals may end a verification early (EAGAIN); libbpf tries as often. */
#define LOAD_ATTEMPTS 5

struct verifier_log {
	/* NUL-terminated. */
	char *text;
	size_t size;
	size_t len;
	/* Bytes the kernel wrote or would have written, without the NUL. */
	size_t seen;
	/* The kernel keeps the tail of a log that is too long (6.4 and newer); else the head. */
	bool keeps_tail;
};

/* Memory for a log; only what is written costs. False with errno. */
bool log_alloc(struct verifier_log *log, size_t size);
void log_free(struct verifier_log *log);

/* Statistics only (log_level 4): cheap, and the final complaint is in it too. */
int load_with_stats(const union bpf_attr *attr, unsigned int size, struct verifier_log *log);

/*
 * One BPF_PROG_LOAD that leaves `log` as it is but for what the kernel writes into its text.
 * `true_size`: of the whole log, which kernels before 6.4 do not say: 0.
 */
int load_once(const union bpf_attr *attr, unsigned int size, unsigned int level,
	      struct verifier_log *log, uint32_t *true_size);

/* At any log level; without a buffer at level 0, which the kernel wants so. */
int load_at_level(const union bpf_attr *attr, unsigned int size, unsigned int level,
		  struct verifier_log *log);

/*
 * The whole log (log_level 1|4) of a program that is rejected, in a larger buffer where the first
 * cut it. A descriptor when it loads after all, else -1. `stats` is the log of the first attempt:
 * its lines are appended when a kernel that keeps the head lost the verdict.
 */
int load_with_log(const union bpf_attr *attr, unsigned int size, const struct verifier_log *stats,
		  struct verifier_log *log);

#endif
