// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "subject.h"

/*
 * The max_entries of a map that has none: its own loader would size it. 0 where the type wants none
 * (per-object storage), or where libbpf fills it in (perf event arrays, struct_ops).
 */
static uint32_t usual_size(uint32_t type)
{
	switch (type) {
	case BPF_MAP_TYPE_UNSPEC:
	case BPF_MAP_TYPE_PERF_EVENT_ARRAY:
	case BPF_MAP_TYPE_STRUCT_OPS:
	case BPF_MAP_TYPE_CGROUP_STORAGE:
	case BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE:
	case BPF_MAP_TYPE_SK_STORAGE:
	case BPF_MAP_TYPE_INODE_STORAGE:
	case BPF_MAP_TYPE_TASK_STORAGE:
	/* BPF_MAP_TYPE_CGRP_STORAGE, younger than some headers. */
	case 32:
		return 0;
	case BPF_MAP_TYPE_RINGBUF:
	/* BPF_MAP_TYPE_USER_RINGBUF. */
	case 31:
		return sysconf(_SC_PAGESIZE);
	default:
		return 1;
	}
}

static void size_map(struct bpf_map *map)
{
	if (bpf_map__max_entries(map) == 0 && usual_size(bpf_map__type(map)))
		bpf_map__set_max_entries(map, usual_size(bpf_map__type(map)));
}

static int list(struct subject *subject)
{
	struct bpf_program *prog;
	struct bpf_map *map;

	bpf_object__for_each_program (prog, subject->obj)
		subject->nprogs++;
	bpf_object__for_each_map (map, subject->obj)
		subject->nmaps++;
	subject->progs = calloc(subject->nprogs + 1, sizeof(*subject->progs));
	subject->maps = calloc(subject->nmaps + 1, sizeof(*subject->maps));
	if (!subject->progs || !subject->maps)
		return ENOMEM;
	subject->nprogs = subject->nmaps = 0;
	bpf_object__for_each_program (prog, subject->obj)
		subject->progs[subject->nprogs++].prog = prog;
	bpf_object__for_each_map (map, subject->obj) {
		size_map(map);
		subject->maps[subject->nmaps].table_size = bpf_map__value_size(map);
		subject->maps[subject->nmaps++].map = map;
	}
	return 0;
}

int subject_errno(int err)
{
	/* libbpf's own codes begin at 4000: not an ELF file, foreign byte order, relocation, ... */
	return -err >= 4000 ? ENOEXEC : -err;
}

int subject_open(struct subject *subject, const char *path)
{
	int err;

	memset(subject, 0, sizeof(*subject));
	/* libbpf up to 0.8 returned an error pointer here unless told otherwise; 1.0 does not. */
	subject->obj = bpf_object__open_file(path, NULL);
	err = libbpf_get_error(subject->obj);
	if (err) {
		subject->obj = NULL;
		return subject_errno(err);
	}
	return list(subject);
}

void subject_close(struct subject *subject)
{
	bpf_object__close(subject->obj);
	free(subject->progs);
	free(subject->maps);
}

struct subject_prog *subject_find(struct subject *subject, const char *name)
{
	for (size_t i = 0; i < subject->nprogs; i++) {
		if (!strcmp(bpf_program__name(subject->progs[i].prog), name))
			return &subject->progs[i];
	}
	return NULL;
}

void subject_leave_out(struct subject *subject, char *const *maps)
{
	for (size_t i = 0; i < subject->nmaps; i++) {
		struct bpf_map *map = subject->maps[i].map;

		for (char *const *name = maps; *name; name++) {
			if (!strcmp(bpf_map__name(map), *name))
				bpf_map__set_autocreate(map, false);
		}
	}
}
