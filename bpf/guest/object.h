/* SPDX-License-Identifier: Apache-2.0 */
/* An object under test, opened with libbpf. */
#ifndef BPMX_OBJECT_H
#define BPMX_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <bpf/libbpf.h>

/* What the kernel answered to one program. */
struct object_prog {
	struct bpf_program *prog;
	/* Its section asks for it to be loaded (no SEC("?...")); set by the survey. */
	bool autoload;
	/* Its verdict is known to the harness: it was not loaded, and is not to be attached. */
	bool known;
	/* BPF_PROG_LOAD was called for it. */
	bool tried;
	/* Positive errno, 0 when it was loaded. */
	int err;
	uint32_t jited;
	uint32_t xlated;
	uint32_t verified;
};

/* What the kernel was asked for in BPF_MAP_CREATE. */
struct map_asked {
	uint32_t type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
	/* Came with the descriptor of an inner map. */
	bool has_inner;
};

struct object_map {
	struct bpf_map *map;
	bool tried;
	bool created;
	/* Positive errno of the last try. */
	int err;
	/* max_entries that its loader was told, 0 for none; and that BPF_MAP_CREATE is to have, 0
	 * for what libbpf makes of it. */
	uint32_t told_size;
	uint32_t exact_size;
	/* Bytes of a struct_ops table as the object declares it; the kernel's is another. */
	size_t table_size;
	/* Of the last try, too; of the inner map where it came no further. */
	struct map_asked asked;
	/* Of struct_ops. */
	struct bpf_link *link;
	bool attach_tried;
	int attach_err;
};

struct object {
	struct bpf_object *obj;
	struct object_prog *progs;
	size_t nprogs;
	struct object_map *maps;
	size_t nmaps;
};

/* 0, or a positive errno; libbpf's messages are in warnings. */
int object_open(struct object *object, const char *path);
/* The max_entries that a map of a type gets where its loader would size it; 0 for none. */
uint32_t object_usual_size(uint32_t type);
/* Gives a size to maps that their loader sizes at run time. */
void object_size_maps(struct object *object);
/* A positive errno for what libbpf returned; ENOEXEC for codes of its own. */
int positive_errno(int err);
void object_close(struct object *object);

struct object_prog *object_find(struct object *object, const char *name);

/* Marks the maps of a NULL-terminated list as not to be created. */
void object_leave_out(struct object *object, char *const *maps);

#endif
