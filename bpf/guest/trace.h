/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sees every bpf(2) that libbpf makes (the linker wraps syscall(2)), and decides about those that
 * concern the object under test. Rests on the kernel's ABI only, not on a version of libbpf, and
 * cannot take libbpf's own feature probes for the object: a program is known by the address of its
 * instructions, a map by its name and type in creation order.
 */
#ifndef BPMX_TRACE_H
#define BPMX_TRACE_H

#include <linux/bpf.h>

#include "protocol.h"
#include "object.h"
#include "worker.h"

struct trace {
	struct object *object;
	struct progress *progress;
	/*
	 * Loads one program of the object: a descriptor, or -1 with errno. NULL: the call goes to
	 * the kernel as it is.
	 */
	int (*load)(struct trace *trace, struct object_prog *prog, const union bpf_attr *attr,
		    unsigned int size);
	/* A map that cannot be created is replaced by a dummy, so that libbpf goes on. */
	bool dummy_maps;
	/* What the last failed command of the object was, STAGE_PREPARE when there was none. */
	enum bpmx_stage failed;
	char failed_name[128];
	int failed_err;
	/* Private data of `load`. */
	void *data;
};

/* From now on libbpf works for this trace; NULL ends it. */
void trace_set(struct trace *trace);

/* How many system calls libbpf has made so far: the same before and after says that it decided
 * alone. */
unsigned long trace_calls(void);

/* Does the wrapper see libbpf's calls? False means a broken build: verdicts would be guesses. */
bool trace_effective(void);

/* A descriptor that is no BPF object, or -1 with errno. */
int trace_dummy_fd(void);

/* bpf(2) itself, not seen by the trace. */
int raw_bpf(enum bpf_cmd cmd, void *attr, unsigned int size);

/*
 * The stage and errno of a finished bpf_object__load() that returned `err` (positive, 0 for
 * success), as the trace saw it.
 */
enum bpmx_stage trace_stage(const struct trace *trace, int err);

#endif
