// SPDX-License-Identifier: Apache-2.0
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "capabilities.h"
#include "load.h"
#include "needs.h"
#include "places.h"
#include "warnings.h"

/*
 * A bpffs that nobody else sees: a map pinned by name in one load must not be found by the next.
 * Without the privilege (the host program in tests) nothing of the kind can be pinned either.
 */
static void hide_pins(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return;
	mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL);
}

bool begin_load(const struct load_request *request, struct object *object, struct out *out,
		struct progress *progress)
{
	progress_at(progress, STAGE_OPEN, NULL);
	hide_pins();
	warnings_start();
	/* No question for the kernel, and so none of capabilities. */
	int err = object_open(object, request->path);

	if (err) {
		put_outcome(out, STAGE_OPEN, err, NULL);
		return false;
	}
	struct needs_failure failure;

	if (!needs_meet(request->needs, object, &failure)) {
		put_outcome(out, failure.map ? STAGE_MAP : STAGE_PREPARE, failure.err, failure.map);
		return false;
	}
	object_size_maps(object);
	if (request->attach)
		places_prepare(object);
	/* A verdict on a loader that may more than was asked would be a false one. */
	if (capabilities_drop(request->without_capabilities))
		abort();
	progress_at(progress, STAGE_PREPARE, NULL);
	return true;
}

bool is_listed(char *const *names, const char *name)
{
	for (; *names; names++) {
		if (!strcmp(*names, name))
			return true;
	}
	return false;
}

void leave_out_programs(struct object *object, char *const *names)
{
	for (size_t i = 0; i < object->nprogs; i++) {
		struct object_prog *prog = &object->progs[i];

		prog->autoload = bpf_program__autoload(prog->prog);
		bpf_program__set_autoload(prog->prog,
					  !is_listed(names, bpf_program__name(prog->prog)));
	}
}

void put_outcome(struct out *out, enum bpmx_stage stage, int err, const char *stopped_at)
{
	out_u64(out, F_STAGE, stage);
	out_u64(out, F_ERRNO, err);
	if (stopped_at && *stopped_at)
		out_string(out, F_STOPPED_AT, stopped_at);
	if (err)
		warnings_put(out);
}

void put_maps(struct out *out, const struct object *object)
{
	for (size_t i = 0; i < object->nmaps; i++) {
		if (!object->maps[i].tried)
			continue;
		size_t mark = out_open(out, F_MAP);

		out_string(out, F_NAME, bpf_map__name(object->maps[i].map));
		out_u64(out, F_ERRNO, object->maps[i].err);
		out_close(out, mark);
	}
}

void put_type(struct out *out, const char *name, unsigned int number)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", number);
	out_string(out, F_TYPE, name ? name : text);
}

void read_prog_info(struct object_prog *prog, int fd)
{
	struct bpf_prog_info info = {0};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return;
	prog->jited = info.jited_prog_len;
	prog->xlated = info.xlated_prog_len;
	/* 5.16 and newer; the stats line of the log says the same on all. */
	prog->verified = info.verified_insns;
}

void put_prog_info(struct out *out, const struct object_prog *prog)
{
	out_u64(out, F_JITED_SIZE, prog->jited);
	out_u64(out, F_XLATED_SIZE, prog->xlated);
	out_u64(out, F_VERIFIED_INSNS, prog->verified);
}
