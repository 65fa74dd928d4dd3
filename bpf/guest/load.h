/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with an object, each in a worker. `input` is a struct load_request. */
#ifndef BPMX_LOAD_H
#define BPMX_LOAD_H

#include "out.h"
#include "object.h"
#include "trace.h"
#include "worker.h"

struct load_request {
	const char *path;
	/* NULL-terminated: maps that this kernel cannot create. */
	char **without_maps;
	/* NULL-terminated: programs that LOAD_SURVEY, LOAD_COST and LOAD_WHOLE leave out. */
	char **skip_programs;
	/* NULL-terminated: keys of programs that the survey need not load again (load_key.h). */
	char **known_keys;
	/* Report the keys of all others. */
	bool wants_keys;
	/* Declarations that INSPECT leaves out: the reply before had them. */
	size_t offset;
	/* NULL-terminated: what the object needs of its loader (needs.h). */
	char **needs;
	/* The one program of LOAD_ALONE. */
	const char *program;
	/* Bytes of the log's tail that are kept. */
	size_t log_max;
	/* Where LOAD_ALONE writes its log, its line info and its instructions. */
	const char *log_path;
	const char *lines_path;
	const char *insns_path;
	/* Where LOAD_COST writes its PROGRAM records: they may be more than a reply can hold. */
	const char *costs_path;
	/* Attach what was loaded; LOAD_SURVEY only when it was loaded as LOAD_WHOLE would. */
	bool attach;
	/* The answer need not wait until all is detached. */
	bool linger;
	/* Capabilities that the loader lacks: bit n is number n. */
	uint64_t without_capabilities;
};

/* What the object declares: PROGRAM and MAP records. */
void inspect(const void *input, struct out *out, struct progress *progress);
/*
 * All programs in one pass; a rejected one gets a dummy, so that the next is reached. When nothing
 * was left out and nothing failed, this was a load of the whole, and is attached as such where the
 * reply has room for that.
 */
void load_survey(const void *input, struct out *out, struct progress *progress);
/* Which maps cannot be created here, and which programs use them; nothing is verified. */
void load_maps(const void *input, struct out *out, struct progress *progress);
/* One program, every other left out, with its whole log. */
void load_alone(const void *input, struct out *out, struct progress *progress);
/* One program again and again, each time with one thing changed: STEP records. */
void load_ladder(const void *input, struct out *out, struct progress *progress);
/*
 * All programs in one pass with the log of every instruction, which is counted as the kernel writes
 * it; a rejected one gets a dummy, as in the survey.
 */
void load_cost(const void *input, struct out *out, struct progress *progress);
/* As an agent does it, without what it can do without, and then attach. */
void load_whole(const void *input, struct out *out, struct progress *progress);

/*
 * Opens the object in a mount namespace of its own, what it pins goes with the worker, and without
 * the capabilities that the loader is to lack. False: ERRNO, STAGE and warnings are in `out`, as
 * put_outcome() puts them.
 */
bool begin_load(const struct load_request *request, struct object *object, struct out *out,
		struct progress *progress);

/* Is the name in a NULL-terminated list? */
bool is_listed(char *const *names, const char *name);
/* Sets what its section says to autoload, and has every program loaded but those of `names`. */
void leave_out_programs(struct object *object, char *const *names);

/* ERRNO, STAGE, STOPPED_AT and libbpf's warnings of a load that returned `err` (positive). */
void put_outcome(struct out *out, enum bpmx_stage stage, int err, const char *stopped_at);

/* One MAP record for each map that was tried: NAME and ERRNO. */
void put_maps(struct out *out, const struct object *object);

/* TYPE: the name that libbpf has for it, or the number as text. */
void put_type(struct out *out, const char *name, unsigned int number);

/* Sizes that the kernel reports of a loaded program. */
void read_prog_info(struct object_prog *prog, int fd);
void put_prog_info(struct out *out, const struct object_prog *prog);

#endif
