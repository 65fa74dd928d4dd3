// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "object.h"
#include "target.h"
#include "trace.h"
#include "warnings.h"

/* A worker works on one object. */
struct target {
	struct target *next;
	const struct bpf_program *prog;
	int err;
	char place[512];
	/* WARNING fields; other programs of the object have no part in them. */
	struct out warnings;
};

static struct target *targets;

/* The descriptor, or a negative errno. The object stays open: its program is to stay loaded. */
static int load_program(const char *path, const char *name)
{
	struct object object;
	int err = object_open(&object, path);

	if (err)
		return -err;
	struct object_prog *wanted = object_find(&object, name);

	if (!wanted)
		return -ENOENT;
	object_size_maps(&object);
	for (size_t i = 0; i < object.nprogs; i++)
		bpf_program__set_autoload(object.progs[i].prog, &object.progs[i] == wanted);
	err = positive_errno(bpf_object__load(object.obj));
	return err ? -err : bpf_program__fd(wanted->prog);
}

/* Without a target libbpf would look for a function of the kernel: with this one it gives up. */
static void give_none(struct bpf_program *prog)
{
	bpf_program__set_attach_target(prog, trace_dummy_fd(), NULL);
}

int target_give(struct bpf_program *prog, const char *words)
{
	struct target *target = calloc(1, sizeof(*target));
	unsigned int mark = warnings_mark();
	char path[256], name[128], function[128], label[128];

	if (!target)
		abort();
	if (sscanf(words, "%255s %127s %127s %127[^\n]", path, name, function, label) != 4) {
		free(target);
		return EINVAL;
	}
	int fd = load_program(path, name);

	target->err = fd < 0 ? -fd : -bpf_program__set_attach_target(prog, fd, function);
	if (fd < 0)
		warnings_add("prog '%s': attach target: program '%s' of %s does not load: %s",
			     bpf_program__name(prog), name, label, strerror(target->err));
	else if (target->err)
		warnings_add("prog '%s': attach target: no function '%s' in program '%s' of %s: %s",
			     bpf_program__name(prog), function, name, label, strerror(target->err));
	out_init(&target->warnings, -1);
	warnings_move(&target->warnings, mark);
	if (target->err)
		give_none(prog);
	snprintf(target->place, sizeof(target->place), "function %s of program %s of %s", function,
		 name, label);
	target->prog = prog;
	target->next = targets;
	targets = target;
	return 0;
}

static const struct target *target_of(const struct bpf_program *prog)
{
	const struct target *target = targets;

	while (target && target->prog != prog)
		target = target->next;
	return target;
}

const char *target_place(const struct bpf_program *prog)
{
	const struct target *target = target_of(prog);

	return target ? target->place : NULL;
}

bool target_put_failure(const struct bpf_program *prog, struct out *out)
{
	const struct target *target = target_of(prog);

	if (!target || !target->err)
		return false;
	put_outcome(out, STAGE_PREPARE, target->err, NULL);
	out_raw(out, target->warnings.data, target->warnings.len);
	return true;
}
