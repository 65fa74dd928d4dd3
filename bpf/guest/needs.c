// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <bpf/bpf.h>

#include "fixups.h"
#include "needs.h"
#include "target.h"
#include "warnings.h"

#define MAP_TYPES 64

/* A worker works on one object. */
static struct {
	const struct bpf_program *prog;
	const char *place;
} *places;
static size_t nplaces;

struct shape {
	uint32_t type;
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
	uint32_t flags;
};

/* One line, and whose need it is. */
struct need {
	const char *name;
	const char *rest;
	struct object *object;
	struct needs_failure *failure;
};

static struct bpf_map *map_named(const struct need *need, const char *name)
{
	return bpf_object__find_map_by_name(need->object->obj, name);
}

/* A positive errno, noted. */
static int fails(const struct need *need, int err, const char *map)
{
	need->failure->err = err;
	need->failure->map = map;
	return err;
}

static int read_shape(const char *text, struct shape *shape)
{
	char type[32];

	if (sscanf(text, "%31s %u %u %u %u", type, &shape->key_size, &shape->value_size,
		   &shape->max_entries, &shape->flags) != 5)
		return EINVAL;
	for (shape->type = 1; shape->type < MAP_TYPES; shape->type++) {
		const char *name = libbpf_bpf_map_type_str(shape->type);

		if (name && !strcmp(name, type))
			return 0;
	}
	return EINVAL;
}

/* The descriptor, or -1: the kernel's answer is noted with the words. */
static int create_map(const struct need *need, const char *what, const struct shape *shape)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = shape->flags);
	int fd = bpf_map_create(shape->type, "given", shape->key_size, shape->value_size,
				shape->max_entries, &opts);

	if (fd >= 0)
		return fd;
	fails(need, errno, need->name);
	warnings_add("%s of map '%s': BPF_MAP_CREATE %s, key_size %u, value_size %u, "
		     "max_entries %u, map_flags %u: %s",
		     what, need->name, libbpf_bpf_map_type_str(shape->type), shape->key_size,
		     shape->value_size, shape->max_entries, shape->flags, strerror(errno));
	return -1;
}

static int meet_autoload(const struct need *need)
{
	struct object_prog *prog = object_find(need->object, need->name);

	if (!prog)
		return ENOENT;
	return -bpf_program__set_autoload(prog->prog, !strcmp(need->rest, "1"));
}

static int meet_attach(const struct need *need)
{
	struct object_prog *found = object_find(need->object, need->name);

	if (!found)
		return ENOENT;
	struct bpf_program *prog = found->prog;
	enum bpf_prog_type type = bpf_program__type(prog);

	places[nplaces].prog = prog;
	places[nplaces++].place = need->rest;
	if (type != BPF_PROG_TYPE_TRACING && type != BPF_PROG_TYPE_LSM)
		return 0;
	int err = -bpf_program__set_attach_target(prog, 0, need->rest);

	/* It fails alone, when it is loaded. */
	if (err)
		warnings_add("prog '%s': attach target '%s': %s", need->name, need->rest,
			     strerror(err));
	return 0;
}

static int meet_target(const struct need *need)
{
	struct object_prog *found = object_find(need->object, need->name);

	return found ? target_give(found->prog, need->rest) : ENOENT;
}

static int meet_size(const struct need *need)
{
	struct bpf_map *map = map_named(need, need->name);
	uint32_t size = strtoul(need->rest, NULL, 10);

	if (!map)
		return ENOENT;
	fixups_note_size(need->object, map, size);
	return -bpf_map__set_max_entries(map, size);
}

static int give_inner(const struct need *need, const struct shape *shape)
{
	struct bpf_map *map = map_named(need, need->name);
	enum bpf_map_type type = map ? bpf_map__type(map) : BPF_MAP_TYPE_UNSPEC;

	if (!map)
		return ENOENT;
	if (type != BPF_MAP_TYPE_ARRAY_OF_MAPS && type != BPF_MAP_TYPE_HASH_OF_MAPS) {
		warnings_add("map '%s' is no map of maps, and was given an inner map", need->name);
		return EINVAL;
	}
	int fd = create_map(need, "inner map", shape);

	return fd < 0 ? need->failure->err : -bpf_map__set_inner_map_fd(map, fd);
}

static int meet_inner(const struct need *need)
{
	struct shape shape;

	return read_shape(need->rest, &shape) ?: give_inner(need, &shape);
}

static int meet_inner_like(const struct need *need)
{
	const struct bpf_map *other = map_named(need, need->rest);

	if (!other)
		return ENOENT;
	uint32_t type = bpf_map__type(other);
	struct shape shape = {.type = type,
			      .key_size = bpf_map__key_size(other),
			      .value_size = bpf_map__value_size(other),
			      .max_entries = bpf_map__max_entries(other) ?: object_usual_size(type),
			      .flags = bpf_map__map_flags(other)};

	return give_inner(need, &shape);
}

/* Folders of bpffs on the way to a pin; the last word stays. */
static void make_folders(const char *path)
{
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%s", path);
	for (char *at = folder + 1; (at = strchr(at, '/')); at++) {
		*at = 0;
		mkdir(folder, 0700);
		*at = '/';
	}
}

static int meet_pin(const struct need *need)
{
	struct bpf_map *map = map_named(need, need->name);

	make_folders(need->rest);
	return map ? -bpf_map__set_pin_path(map, need->rest) : ENOENT;
}

/* Another program has made it, and has pinned it where this object looks. */
static int meet_existing(const struct need *need)
{
	struct bpf_map *map = map_named(need, need->name);
	const char *path = map ? bpf_map__pin_path(map) : NULL;
	struct shape shape;

	if (!path || read_shape(need->rest, &shape))
		return EINVAL;
	int fd = create_map(need, "existing map", &shape);

	if (fd < 0)
		return need->failure->err;
	make_folders(path);
	return bpf_obj_pin(fd, path) ? errno : 0;
}

/* libbpf has `x.rodata` for .rodata of x.bpf.o, and `.rodata.more` for a section of that name. */
static struct bpf_map *map_of_section(const struct need *need)
{
	size_t wanted = strlen(need->name);
	struct bpf_map *map;

	bpf_object__for_each_map (map, need->object->obj) {
		const char *name = bpf_map__name(map);
		size_t len = strlen(name);

		if (len >= wanted && !strcmp(name + len - wanted, need->name))
			return map;
	}
	return NULL;
}

static int meet_variable(const struct need *need)
{
	struct bpf_map *map = map_of_section(need);
	size_t size = 0;
	uint8_t *data = map ? bpf_map__initial_value(map, &size) : NULL;
	char *hex;
	size_t offset = strtoul(need->rest, &hex, 10);

	if (!data || *hex++ != ' ' || offset + strlen(hex) / 2 > size)
		return data ? ERANGE : ENOENT;
	for (; hex[0] && hex[1]; hex += 2) {
		unsigned int byte;

		if (sscanf(hex, "%2x", &byte) != 1)
			return EINVAL;
		data[offset++] = byte;
	}
	return 0;
}

static int meet_loader(const struct need *need)
{
	bool is_go = !strcmp(need->name, "ebpf-go");

	if (is_go)
		fixups_apply(need->object);
	return is_go || !strcmp(need->name, "libbpf") ? 0 : EINVAL;
}

static const struct {
	const char *verb;
	int (*meet)(const struct need *need);
} verbs[] = {
	{"autoload", meet_autoload}, {"attach", meet_attach},         {"size", meet_size},
	{"inner", meet_inner},       {"inner-like", meet_inner_like}, {"pin", meet_pin},
	{"existing", meet_existing}, {"variable", meet_variable},     {"loader", meet_loader},
	{"target", meet_target},
};

/* Cuts the line, which outlives the worker's use of it, into verb, name and rest. */
static int meet_line(char *line, struct object *object, struct needs_failure *failure)
{
	char *name = strchr(line, ' ');
	char *rest = name ? strchr(name + 1, ' ') : NULL;

	if (!name)
		return EINVAL;
	*name++ = 0;
	if (rest)
		*rest++ = 0;
	struct need need = {name, rest ? rest : "", object, failure};

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(line, verbs[i].verb))
			continue;
		int err = verbs[i].meet(&need);

		/* The kernel's refusals have words of their own. */
		if (err && !failure->err)
			warnings_add("need '%s %s %s': %s", line, need.name, need.rest,
				     strerror(err));
		return err;
	}
	return EINVAL;
}

bool needs_meet(char *const *lines, struct object *object, struct needs_failure *failure)
{
	size_t count = 0;

	while (lines[count])
		count++;
	places = calloc(count + 1, sizeof(*places));
	if (!places)
		abort();
	*failure = (struct needs_failure){0};
	for (size_t i = 0; i < count; i++) {
		int err = meet_line(lines[i], object, failure);

		if (err) {
			failure->err = err;
			return false;
		}
	}
	return true;
}

const char *needs_place(const struct bpf_program *prog)
{
	for (size_t i = 0; i < nplaces; i++) {
		if (places[i].prog == prog)
			return places[i].place;
	}
	return NULL;
}
