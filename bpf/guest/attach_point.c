// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/btf.h>

#include "attach_point.h"
#include "near.h"
#include "needs.h"
#include "protocol.h"
#include "target.h"

enum place { IN_BTF_FUNC, IN_BTF_TYPEDEF, IN_TRACEFS };

struct scheme {
	const char *section;
	/* What libbpf and the kernel put before the name. */
	const char *prefix;
	enum place place;
};

static const struct scheme schemes[] = {
	{"lsm", "bpf_lsm_", IN_BTF_FUNC},
	{"lsm.s", "bpf_lsm_", IN_BTF_FUNC},
	{"lsm_cgroup", "bpf_lsm_", IN_BTF_FUNC},
	{"fentry", "", IN_BTF_FUNC},
	{"fentry.s", "", IN_BTF_FUNC},
	{"fexit", "", IN_BTF_FUNC},
	{"fexit.s", "", IN_BTF_FUNC},
	{"fmod_ret", "", IN_BTF_FUNC},
	{"fmod_ret.s", "", IN_BTF_FUNC},
	{"tp_btf", "btf_trace_", IN_BTF_TYPEDEF},
	{"iter", "bpf_iter_", IN_BTF_FUNC},
	{"iter.s", "bpf_iter_", IN_BTF_FUNC},
	{"tracepoint", "", IN_TRACEFS},
	{"tp", "", IN_TRACEFS},
};

enum answer { NO = 0, YES = 1, UNKNOWN };

static enum answer in_tracefs(const char *name)
{
	static const char *const roots[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
	char path[512];

	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		snprintf(path, sizeof(path), "%s/events", roots[i]);
		if (access(path, F_OK))
			continue;
		snprintf(path, sizeof(path), "%s/events/%s", roots[i], name);
		return access(path, F_OK) ? NO : YES;
	}
	return UNKNOWN;
}

static bool in_modules(struct btf *vmlinux, const char *name, __u32 kind)
{
	DIR *folder = opendir("/sys/kernel/btf");
	struct dirent *entry;
	bool found = false;

	while (folder && !found && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.' || !strcmp(entry->d_name, "vmlinux"))
			continue;
		struct btf *btf = btf__load_module_btf(entry->d_name, vmlinux);

		if (libbpf_get_error(btf))
			continue;
		found = btf__find_by_name_kind(btf, name, kind) > 0;
		btf__free(btf);
	}
	if (folder)
		closedir(folder);
	return found;
}

static enum answer in_btf(const char *name, __u32 kind)
{
	struct btf *vmlinux = btf__load_vmlinux_btf();
	bool found;

	if (libbpf_get_error(vmlinux))
		return UNKNOWN;
	found = btf__find_by_name_kind(vmlinux, name, kind) > 0 || in_modules(vmlinux, name, kind);
	btf__free(vmlinux);
	return found ? YES : NO;
}

static enum answer look_up(enum place place, const char *name, bool loaded)
{
	switch (place) {
	case IN_TRACEFS:
		return in_tracefs(name);
	case IN_BTF_FUNC:
		return loaded ? YES : in_btf(name, BTF_KIND_FUNC);
	case IN_BTF_TYPEDEF:
		return loaded ? YES : in_btf(name, BTF_KIND_TYPEDEF);
	}
	return UNKNOWN;
}

static enum answer knows_attach_type(unsigned int type)
{
	struct btf *vmlinux = btf__load_vmlinux_btf();
	enum answer answer = UNKNOWN;

	if (libbpf_get_error(vmlinux))
		return UNKNOWN;
	__s32 id = btf__find_by_name_kind(vmlinux, "bpf_attach_type", BTF_KIND_ENUM);

	if (id > 0) {
		const struct btf_type *list = btf__type_by_id(vmlinux, id);

		/* The last one closes the list. */
		answer = NO;
		for (int i = 0; i + 1 < btf_vlen(list); i++) {
			if (btf_enum(list)[i].val == (__s32)type)
				answer = YES;
		}
	}
	btf__free(vmlinux);
	return answer;
}

void put_attach_type(struct out *out, unsigned int type)
{
	const char *name = libbpf_bpf_attach_type_str(type);
	enum answer known = knows_attach_type(type);

	if (!name)
		return;
	out_string(out, F_ATTACH_POINT, name);
	if (known != UNKNOWN)
		out_u64(out, F_ATTACH_POINT_EXISTS, known);
}

/*
 * What could have been meant: every name that this kernel has after the same prefix. Of functions
 * and tracepoints in general, there are too many: those that are like the wanted one.
 */
static void put_types(struct out *out, const struct scheme *scheme, const char *wanted)
{
	__u32 kind = scheme->place == IN_BTF_FUNC ? BTF_KIND_FUNC : BTF_KIND_TYPEDEF;
	struct btf *vmlinux = btf__load_vmlinux_btf();
	size_t len = strlen(scheme->prefix);
	bool all = scheme->place == IN_BTF_FUNC && len;

	if (libbpf_get_error(vmlinux))
		return;
	for (__u32 id = 1; id < btf__type_cnt(vmlinux) && !out_crowded(out); id++) {
		const struct btf_type *type = btf__type_by_id(vmlinux, id);
		const char *name = btf__name_by_offset(vmlinux, type->name_off);

		if (btf_kind(type) == kind && name && !strncmp(name, scheme->prefix, len) &&
		    (all || is_near(wanted, name + len)))
			out_string(out, F_HOOK, name + len);
	}
	btf__free(vmlinux);
}

/* Tracepoints, `category/name`, whose name is like the wanted one, or the same elsewhere. */
static void put_tracepoints(struct out *out, const char *wanted)
{
	const char *slash = strchr(wanted, '/');
	FILE *file = fopen("/sys/kernel/tracing/available_events", "re");
	char line[256], name[256];

	while (file && slash && fgets(line, sizeof(line), file) && !out_crowded(out)) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		line[strcspn(line, "\n")] = 0;
		*colon = '/';
		snprintf(name, sizeof(name), "%s", line);
		if (is_near(slash + 1, colon + 1) || is_near(wanted, name))
			out_string(out, F_HOOK, name);
	}
	if (file)
		fclose(file);
}

void put_attach_point(struct out *out, const struct bpf_program *prog, bool loaded)
{
	const char *section = bpf_program__section_name(prog);
	const char *slash = section ? strchr(section, '/') : NULL;
	const char *wanted = needs_place(prog) ?: slash ? slash + 1 : "";
	char name[256];

	/* A function of a BPF program is none of the kernel's. */
	if (!section || !*wanted || target_place(prog))
		return;
	section += *section == '?';
	size_t kind = slash ? (size_t)(slash - section) : strlen(section);

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const struct scheme *scheme = &schemes[i];
		size_t len = strlen(scheme->section);

		if (len != kind || strncmp(section, scheme->section, len))
			continue;
		snprintf(name, sizeof(name), "%s%s", scheme->prefix, wanted);
		enum answer exists = look_up(scheme->place, name, loaded);

		out_string(out, F_ATTACH_POINT, name);
		if (exists != UNKNOWN)
			out_u64(out, F_ATTACH_POINT_EXISTS, exists);
		if (exists == NO && scheme->place == IN_TRACEFS)
			put_tracepoints(out, name);
		else if (exists == NO)
			put_types(out, scheme, wanted);
		return;
	}
}
