/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guest/kernel_btf.h"
#include "object_steps.h"

struct bpf_object *object_open(const struct object_request *request, struct failure *failure)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .btf_custom_path = request->btf_path);
	struct bpf_object *bpf;

	if (access(request->path, R_OK)) {
		fail(failure, "OBJECT_MISSING", "%s: %s", request->path, strerror(errno));
		return NULL;
	}
	bpf = bpf_object__open_file(request->path, &opts);
	if (!bpf)
		fail(failure, "OBJECT_INVALID", "%s: no BPF object libbpf can open: %s",
		     request->path, strerror(errno));
	return bpf;
}

static void reject_all_alone(struct object *object, const struct object_request *request,
			     struct failure *failure)
{
	for (size_t i = 0; i < hook_count; i++)
		if (object->programs[i].status == PROGRAM_LOADED)
			object_reject_alone(object, request, i, failure);
}

/* Only whether it stays empty matters: the verdict comes from a load alone, with a log that is
 * large enough. */
#define MARK_LOG 512

/*
 * One load of everything planned. The number of programs loaded; or -errno with `*culprit` the
 * program whose log the kernel wrote, hook_count when it wrote none.
 */
static int load_planned(struct object *object, const struct object_request *request,
			size_t *culprit)
{
	char(*logs)[MARK_LOG] = calloc(hook_count, sizeof(*logs));
	int planned = 0;
	int err;

	*culprit = hook_count;
	if (!logs)
		return -ENOMEM;
	object_find_programs(object);
	for (size_t i = 0; i < hook_count; i++) {
		if (object->programs[i].status != PROGRAM_LOADED)
			continue;
		bpf_program__set_autoload(object->programs[i].bpf, true);
		bpf_program__set_log_buf(object->programs[i].bpf, logs[i], sizeof(logs[i]));
		planned++;
	}
	object_prepare_maps(object->bpf, request);
	err = planned ? bpf_object__load(object->bpf) : -ENOENT;
	for (*culprit = 0; *culprit < hook_count && !logs[*culprit][0];)
		(*culprit)++;
	free(logs);
	return err ? err : planned;
}

/*
 * Loading is all or nothing, so a program that the kernel refuses takes the whole object with it.
 * The one it complained about is tried alone, left out, and the rest loaded again. Where it
 * complained about none (no privileges, no map), or about one that loads alone, each is tried.
 */
static int load_rest(struct object *object, const struct object_request *request,
		     struct failure *rejected, struct failure *failure)
{
	bool tried_all = false;
	size_t culprit;
	int loaded;

	for (;;) {
		loaded = load_planned(object, request, &culprit);
		if (loaded > 0 || loaded == -ENOENT || tried_all)
			return loaded;
		tried_all = culprit == hook_count ||
			    !object_reject_alone(object, request, culprit, rejected);
		if (tried_all)
			reject_all_alone(object, request, rejected);
		bpf_object__close(object->bpf);
		object->bpf = object_open(request, failure);
		if (!object->bpf)
			return -EIO;
	}
}

static void forget_loaded(struct object *object, const char *why)
{
	for (size_t i = 0; i < hook_count; i++)
		if (object->programs[i].status == PROGRAM_LOADED)
			program_set_status(&object->programs[i], PROGRAM_REJECTED, "%s", why);
}

static int load_what_fits(struct object *object, const struct object_request *request,
			  struct failure *failure)
{
	struct failure rejected = {0};
	int loaded = load_rest(object, request, &rejected, failure);

	if (loaded > 0) {
		object->loaded = loaded;
		return 0;
	}
	if (rejected.code)
		*failure = rejected;
	else if (object->bpf)
		fail(failure, loaded == -EPERM ? "PRIVILEGES_MISSING" : "LOAD_FAILED",
		     "no program of %s could be loaded: %s", request->path, strerror(-loaded));
	forget_loaded(object, failure->message);
	return -1;
}

static int plan(struct object *object, const struct object_request *request,
		struct failure *failure)
{
	struct btf *btf =
		request->btf_path ? btf__parse(request->btf_path, NULL) : btf__load_vmlinux_btf();

	if (!btf)
		return fail(failure, "CORE_UNSUPPORTED", "no kernel BTF at %s: %s",
			    request->btf_path ? request->btf_path : "/sys/kernel/btf/vmlinux",
			    strerror(errno));
	object_find_programs(object);
	object_plan(object, request, btf);
	btf__free(btf);
	return 0;
}

int object_load(struct object *object, const struct object_request *request,
		struct failure *failure)
{
	int result = -1;

	memset(object, 0, sizeof(*object));
	object->bpf = object_open(request, failure);
	if (!object->bpf)
		return -1;
	/* Megabytes, which we want to look into as well as libbpf, at each load. */
	kernel_btf_prepare();
	if (!plan(object, request, failure))
		result = load_what_fits(object, request, failure);
	kernel_btf_release();
	return result;
}
