/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "aegis/aegis_abi.h"
#include "fault.h"
#include "object_steps.h"

void object_find_programs(struct object *object)
{
	struct bpf_program *bpf;

	for (size_t i = 0; i < hook_count; i++) {
		object->programs[i].bpf = NULL;
		if (object->programs[i].status == PROGRAM_ABSENT)
			program_set_status(&object->programs[i], PROGRAM_ABSENT,
					   "the object has no program for it");
	}
	bpf_object__for_each_program (bpf, object->bpf) {
		const struct hook *hook = hook_of_section(bpf_program__section_name(bpf));

		bpf_program__set_autoload(bpf, false);
		if (hook)
			object->programs[hook - hooks].bpf = bpf;
	}
}

#define LSM_PREFIX "bpf_lsm_"

/* LSM attach points are functions named bpf_lsm_HOOK; the bare name of a hook is in no BTF. */
static const char *attach_prefix(const struct hook *hook)
{
	bool bare = fault_bare_hooks() && (hook->serves & (NEED_NETWORK | NEED_EXEC));

	return bare ? "" : LSM_PREFIX;
}

/* Notes which hooks this function is the attach point of. */
static void note_attach_point(const char *function, bool exists[])
{
	/* Of fifty thousand functions a few hundred are the attach point of any hook. */
	if (!fault_bare_hooks() && strncmp(function, LSM_PREFIX, strlen(LSM_PREFIX)))
		return;
	for (size_t i = 0; i < hook_count; i++) {
		const char *prefix;
		size_t len;

		if (hooks[i].kind != HOOK_LSM)
			continue;
		prefix = attach_prefix(&hooks[i]);
		len = strlen(prefix);
		if (!strncmp(function, prefix, len) && !strcmp(function + len, hooks[i].name))
			exists[i] = true;
	}
}

/* In one walk: there are a hundred thousand types, and libbpf goes through them for each name. */
static void find_attach_points(const struct btf *btf, bool exists[])
{
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (btf_is_func(type))
			note_attach_point(btf__name_by_offset(btf, type->name_off), exists);
	}
}

/* True when it exists or when there is no way to know: attaching will show. */
static bool tracepoint_may_exist(const char *tracefs, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/events", tracefs);
	if (access(path, X_OK))
		return true;
	snprintf(path, sizeof(path), "%s/events/%s", tracefs, name);
	return !access(path, F_OK);
}

static void plan_lsm(struct program *program, const struct hook *hook, bool exists,
		     const struct object_request *request)
{
	if (!request->lsm_has_bpf)
		program_set_status(program, PROGRAM_UNUSED, "bpf is not in the LSM list");
	else if (request->hooks_refused)
		program_set_status(program, PROGRAM_NOT_ATTACHED, "attach failed: " HOOKS_REFUSED);
	else if (!exists)
		program_set_status(program, PROGRAM_NO_HOOK, "no %s%s in the kernel's BTF",
				   attach_prefix(hook), hook->name);
	else
		program_set_status(program, PROGRAM_LOADED, "not attached yet");
}

static bool hooks_judge(const struct object_request *request)
{
	return request->lsm_has_bpf && !request->hooks_refused;
}

static void plan_tracepoint(struct program *program, const struct hook *hook,
			    const struct object_request *request)
{
	if (hook->kind == HOOK_FALLBACK && hooks_judge(request))
		program_set_status(program, PROGRAM_UNUSED, "the LSM hooks judge");
	else if (!tracepoint_may_exist(request->tracefs_path, hook->name))
		program_set_status(program, PROGRAM_NO_HOOK, "no %s/events/%s",
				   request->tracefs_path, hook->name);
	else
		program_set_status(program, PROGRAM_LOADED, "not attached yet");
}

void object_plan(struct object *object, const struct object_request *request, const struct btf *btf)
{
	bool exists[OBJECT_MAX_HOOKS] = {0};

	if (hooks_judge(request))
		find_attach_points(btf, exists);
	for (size_t i = 0; i < hook_count; i++) {
		struct program *program = &object->programs[i];

		if (!program->bpf)
			continue;
		if (hooks[i].kind == HOOK_LSM)
			plan_lsm(program, &hooks[i], exists[i], request);
		else
			plan_tracepoint(program, &hooks[i], request);
	}
}

/* Twice what the policy has: while a policy is replaced, the rules of both are in the map. */
static void size_map(struct bpf_object *bpf, const char *name, size_t entries)
{
	struct bpf_map *map = bpf_object__find_map_by_name(bpf, name);

	if (map && 2 * entries > bpf_map__max_entries(map))
		bpf_map__set_max_entries(map, 2 * entries);
}

/* Resolved paths and their learned inodes share a map. */
void object_prepare_maps(struct bpf_object *bpf, const struct object_request *request)
{
	const struct policy *policy = request->policy;
	size_t paths = policy->deny_path.count + policy->deny_exec.count;
	struct aegis_knobs knobs = {
		.agent_tgid = getpid(),
		.fallback_judges = !hooks_judge(request),
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
