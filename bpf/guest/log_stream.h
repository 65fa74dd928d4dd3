/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verifier log of up to 1 GiB, read while the kernel writes it, in a fixed amount of memory: the
 * buffer has no pages; at the first touch of each part the writer waits in userfaultfd(2) until
 * what came before was read and given back. Nothing is lost, whoever of the two is faster.
 */
#ifndef BPMX_LOG_STREAM_H
#define BPMX_LOG_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/bpf.h>

struct log_reader {
	/* Gets the log in order, without its NUL; in a thread of its own while it is written. */
	void (*take)(void *data, const char *text, size_t len);
	/* A new attempt: forget what was taken. */
	void (*restart)(void *data);
	void *data;
};

struct log_stream {
	/* -1 on a kernel without userfaultfd: the log has to fit in memory as a whole. */
	int uffd;
};

/* Before any capability is given up. */
void log_stream_open(struct log_stream *stream);

/*
 * BPF_PROG_LOAD with statistics and the log of every instruction (levels 2 and 4). A descriptor,
 * or -1 with errno; ENOSPC for a log that is too long. `fixed`: the kernel knows a log that does
 * not overwrite its head (6.4).
 */
int log_stream_load(struct log_stream *stream, const union bpf_attr *attr, unsigned int size,
		    bool fixed, const struct log_reader *reader);

#endif
