/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <bpf/btf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aegis/aegis_abi.h"
#include "object.h"

/* The largest log that kernels before 5.2 (and some after) take is one byte less than this. */
#define MAX_LOG (16 << 20)

__attribute__((format(printf, 3, 4))) static void
set_status(struct program *program, enum program_status status, const char *format, ...)
{
	va_list args;

	program->status = status;
	va_start(args, format);
	vsnprintf(program->why, sizeof(program->why), format, args);
	va_end(args);
}

__attribute__((format(printf, 3, 4))) static int fail(struct failure *failure, const char *code,
						      const char *format, ...)
{
	va_list args;

	failure->code = code;
	va_start(args, format);
	vsnprintf(failure->message, sizeof(failure->message), format, args);
	va_end(args);
	return -1;
}

static struct bpf_object *open_object(const struct object_request *request, struct failure *failure)
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

/* The program of each hook; a program on a hook nobody knows is left out. */
static void find_programs(struct object *object)
{
	struct bpf_program *bpf;

	for (size_t i = 0; i < hook_count; i++) {
		object->programs[i].bpf = NULL;
		if (object->programs[i].status == PROGRAM_ABSENT)
			set_status(&object->programs[i], PROGRAM_ABSENT,
				   "the object has no program for it");
	}
	bpf_object__for_each_program (bpf, object->bpf) {
		const struct hook *hook = hook_of_section(bpf_program__section_name(bpf));

		bpf_program__set_autoload(bpf, false);
		if (hook)
			object->programs[hook - hooks].bpf = bpf;
	}
}

/* LSM attach points are functions named bpf_lsm_HOOK; the bare name of a hook is in no BTF. */
static bool lsm_hook_exists(const struct btf *btf, const char *hook)
{
	char name[128];

	snprintf(name, sizeof(name), "bpf_lsm_%s", hook);
	return btf__find_by_name_kind(btf, name, BTF_KIND_FUNC) > 0;
}

/* True when it exists or when there is no way to know: attaching will tell. */
static bool tracepoint_may_exist(const char *tracefs, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/events", tracefs);
	if (access(path, X_OK))
		return true;
	snprintf(path, sizeof(path), "%s/events/%s", tracefs, name);
	return !access(path, F_OK);
}

static void plan_lsm(struct program *program, const struct hook *hook, const struct btf *btf,
		     bool lsm_has_bpf)
{
	if (!lsm_has_bpf)
		set_status(program, PROGRAM_UNUSED, "bpf is not in the LSM list");
	else if (!lsm_hook_exists(btf, hook->name))
		set_status(program, PROGRAM_NO_HOOK, "no bpf_lsm_%s in the kernel's BTF",
			   hook->name);
	else
		set_status(program, PROGRAM_LOADED, "not attached yet");
}

static void plan_tracepoint(struct program *program, const struct hook *hook,
			    const struct object_request *request)
{
	if (hook->kind == HOOK_FALLBACK && request->lsm_has_bpf)
		set_status(program, PROGRAM_UNUSED, "the LSM hooks judge");
	else if (!tracepoint_may_exist(request->tracefs_path, hook->name))
		set_status(program, PROGRAM_NO_HOOK, "no %s/events/%s", request->tracefs_path,
			   hook->name);
	else
		set_status(program, PROGRAM_LOADED, "not attached yet");
}

/* Says of each program whether it shall be loaded: PROGRAM_LOADED means so from here on. */
static void plan_programs(struct object *object, const struct object_request *request,
			  const struct btf *btf)
{
	for (size_t i = 0; i < hook_count; i++) {
		struct program *program = &object->programs[i];

		if (!program->bpf)
			continue;
		if (hooks[i].kind == HOOK_LSM)
			plan_lsm(program, &hooks[i], btf, request->lsm_has_bpf);
		else
			plan_tracepoint(program, &hooks[i], request);
	}
}

static void size_map(struct bpf_object *bpf, const char *name, size_t entries)
{
	struct bpf_map *map = bpf_object__find_map_by_name(bpf, name);

	if (map && entries > bpf_map__max_entries(map))
		bpf_map__set_max_entries(map, entries);
}

/* Rule maps at the size of the policy, and the knobs. Resolved paths and their learned inodes share
 * a map. */
static void prepare_maps(struct bpf_object *bpf, const struct object_request *request)
{
	const struct policy *policy = request->policy;
	size_t paths = policy->deny_path.count + policy->deny_exec.count;
	struct aegis_knobs knobs = {
		.agent_tgid = getpid(),
		.fallback_judges = !request->lsm_has_bpf,
	};
	struct bpf_map *map = bpf_object__find_map_by_name(bpf, ".rodata.knobs");

	size_map(bpf, "allow_cgroup", policy->allow_cgroup.count);
	size_map(bpf, "deny_inode", policy->deny_inode.count + 4 * paths);
	size_map(bpf, "deny_path", 2 * paths);
	size_map(bpf, "deny_ip", policy->deny_ip.count);
	size_map(bpf, "deny_cidr", policy->deny_cidr.count);
	size_map(bpf, "deny_ip_port", policy->deny_ip_port.count);
	size_map(bpf, "deny_port", policy->deny_port.count);
	if (map)
		bpf_map__set_initial_value(map, &knobs, sizeof(knobs));
}

/* The line that decided: the last one that is not statistics. */
static void deciding_line(const char *log, char *line, size_t size)
{
	static const char *const statistics[] = {"processed ", "verification time", "stack depth"};

	line[0] = '\0';
	while (*log) {
		size_t len = strcspn(log, "\n");
		bool skip = len == 0;

		for (size_t i = 0; i < sizeof(statistics) / sizeof(*statistics); i++)
			skip |= !strncmp(log, statistics[i], strlen(statistics[i]));
		if (!skip)
			snprintf(line, size, "%.*s", (int)len, log);
		log += len + (log[len] == '\n');
	}
}

/* Loads one program alone. 0, or -errno with the deciding line of a log large enough to hold it. */
static int try_alone(const struct object_request *request, size_t index, char *line, size_t size)
{
	struct failure ignored;
	struct object alone = {.bpf = open_object(request, &ignored)};
	char *log;
	int err;

	line[0] = '\0';
	if (!alone.bpf)
		return -EIO;
	find_programs(&alone);
	log = calloc(1, MAX_LOG);
	bpf_program__set_autoload(alone.programs[index].bpf, true);
	if (log)
		bpf_program__set_log_buf(alone.programs[index].bpf, log, MAX_LOG - 1);
	err = bpf_object__load(alone.bpf);
	if (err && log)
		deciding_line(log, line, size);
	bpf_object__close(alone.bpf);
	free(log);
	return err;
}

/* Judges one program alone; true when the kernel refuses it. */
static bool reject_alone(struct object *object, const struct object_request *request, size_t index,
			 struct failure *failure)
{
	struct program *program = &object->programs[index];
	char line[160];
	int err = try_alone(request, index, line, sizeof(line));

	if (!err)
		return false;
	set_status(program, PROGRAM_REJECTED, "rejected: %s%s%s", strerror(-err),
		   line[0] ? ": " : "", line);
	fail(failure, err == -EPERM ? "PRIVILEGES_MISSING" : "LOAD_FAILED", "%s: %s",
	     hooks[index].name, program->why);
	return true;
}

static void reject_all_alone(struct object *object, const struct object_request *request,
			     struct failure *failure)
{
	for (size_t i = 0; i < hook_count; i++)
		if (object->programs[i].status == PROGRAM_LOADED)
			reject_alone(object, request, i, failure);
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
	find_programs(object);
	for (size_t i = 0; i < hook_count; i++) {
		if (object->programs[i].status != PROGRAM_LOADED)
			continue;
		bpf_program__set_autoload(object->programs[i].bpf, true);
		bpf_program__set_log_buf(object->programs[i].bpf, logs[i], sizeof(logs[i]));
		planned++;
	}
	prepare_maps(object->bpf, request);
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
		tried_all =
			culprit == hook_count || !reject_alone(object, request, culprit, rejected);
		if (tried_all)
			reject_all_alone(object, request, rejected);
		bpf_object__close(object->bpf);
		object->bpf = open_object(request, failure);
		if (!object->bpf)
			return -EIO;
	}
}

static void forget_loaded(struct object *object, const char *why)
{
	for (size_t i = 0; i < hook_count; i++)
		if (object->programs[i].status == PROGRAM_LOADED)
			set_status(&object->programs[i], PROGRAM_REJECTED, "%s", why);
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

int object_load(struct object *object, const struct object_request *request,
		struct failure *failure)
{
	struct btf *btf;
	int result;

	memset(object, 0, sizeof(*object));
	object->bpf = open_object(request, failure);
	if (!object->bpf)
		return -1;
	btf = request->btf_path ? btf__parse(request->btf_path, NULL) : btf__load_vmlinux_btf();
	if (!btf)
		return fail(failure, "CORE_UNSUPPORTED", "no kernel BTF at %s: %s",
			    request->btf_path ? request->btf_path : "/sys/kernel/btf/vmlinux",
			    strerror(errno));
	find_programs(object);
	plan_programs(object, request, btf);
	btf__free(btf);
	result = load_what_fits(object, request, failure);
	return result;
}

void object_attach(struct object *object)
{
	for (size_t i = 0; i < hook_count; i++) {
		struct program *program = &object->programs[i];

		if (program->status != PROGRAM_LOADED)
			continue;
		program->link = bpf_program__attach(program->bpf);
		if (program->link)
			set_status(program, PROGRAM_ATTACHED, "attached");
		else
			set_status(program, PROGRAM_NOT_ATTACHED, "attach failed: %s",
				   strerror(errno));
	}
}

bool object_serves(const struct object *object, enum hook_kind kind, unsigned needs)
{
	for (size_t i = 0; i < hook_count; i++)
		if (hooks[i].kind == kind && (hooks[i].serves & needs) &&
		    object->programs[i].status != PROGRAM_ATTACHED)
			return false;
	return true;
}

size_t object_attached(const struct object *object, enum hook_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < hook_count; i++)
		count += hooks[i].kind == kind && object->programs[i].status == PROGRAM_ATTACHED;
	return count;
}

void object_detach(struct object *object)
{
	for (size_t i = 0; i < hook_count; i++) {
		struct program *program = &object->programs[i];

		bpf_link__destroy(program->link);
		program->link = NULL;
		if (program->status == PROGRAM_ATTACHED)
			set_status(program, PROGRAM_NOT_ATTACHED, "detached: the agent stopped");
	}
}

void object_close(struct object *object)
{
	object_detach(object);
	bpf_object__close(object->bpf);
	object->bpf = NULL;
}
