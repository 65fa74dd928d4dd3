/* SPDX-License-Identifier: Apache-2.0 */
/* The BPF object: which programs to load, loading them so that one bad program costs only itself,
 * attaching. */
#ifndef AGENT_OBJECT_H
#define AGENT_OBJECT_H

#include <bpf/libbpf.h>

#include "failure.h"
#include "hooks.h"

#define OBJECT_MAX_HOOKS 64

enum program_status {
	PROGRAM_ABSENT,  /* the object has none for this hook */
	PROGRAM_UNUSED,  /* not for this kernel: LSM programs without the BPF LSM, fallbacks with it
			  */
	PROGRAM_NO_HOOK, /* this kernel has no such hook */
	PROGRAM_REJECTED,     /* the kernel refused to load it */
	PROGRAM_LOADED,       /* loaded, not attached yet */
	PROGRAM_NOT_ATTACHED, /* loaded, and the kernel refused to attach it */
	PROGRAM_ATTACHED,
};

struct program {
	enum program_status status;
	char why[256];    /* for every status but ATTACHED */
	int attach_error; /* errno, where attaching was refused */
	struct bpf_program *bpf;
	struct bpf_link *link;
};

struct object_request {
	const char *path;
	const char *btf_path; /* NULL: the running kernel's */
	const char *tracefs_path;
	bool lsm_has_bpf;
	bool hooks_refused;          /* the LSM programs are not asked for again */
	const struct policy *policy; /* sizes the maps */
};

struct object {
	struct bpf_object *bpf;
	struct program programs[OBJECT_MAX_HOOKS]; /* in the order of `hooks` */
	size_t loaded;
};

/*
 * Opens and loads what fits. 0 when at least one program is loaded; otherwise -1 with `failure`
 * filled, and still the fate of each program in `object`. object_close in either case.
 */
int object_load(struct object *object, const struct object_request *request,
		struct failure *failure);

/* The descriptor of a map of the loaded object. */
int object_map(struct object *object, const char *name);

/* Attaches every loaded program; what fails says so in its status. */
void object_attach(struct object *object);

/* Did the kernel refuse to attach every LSM program because it can attach none: no ftrace direct
 * calls. */
bool object_hooks_refused(const struct object *object);

/* Is every program of `kind` that serves one of `needs` attached. */
bool object_serves(const struct object *object, enum hook_kind kind, unsigned needs);

/* How many programs of `kind` are attached. */
size_t object_attached(const struct object *object, enum hook_kind kind);

void object_detach(struct object *object);
void object_close(struct object *object);

#endif
