// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include <bpf/btf.h>

#include "fixups.h"
#include "protocol.h"

/* Younger than some headers. */
#define MAP_USER_RINGBUF 31
#define MAP_ARENA        33

struct sizes {
	uint32_t key_size;
	uint32_t value_size;
	uint32_t max_entries;
};

static bool is_ring(uint32_t type)
{
	return type == BPF_MAP_TYPE_RINGBUF || type == MAP_USER_RINGBUF;
}

static const struct btf_type *plain_type(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);

	while (type && (btf_is_mod(type) || btf_is_typedef(type)))
		type = btf__type_by_id(btf, type->type);
	return type;
}

/* `__uint(max_entries, N)` is a pointer to an array of N. 0 without one. */
static uint32_t uint_member(const struct btf *btf, const struct btf_type *def, const char *name)
{
	const struct btf_member *member = btf_members(def);

	for (int i = 0; i < btf_vlen(def); i++, member++) {
		if (strcmp(btf__name_by_offset(btf, member->name_off), name))
			continue;
		const struct btf_type *pointer = plain_type(btf, member->type);
		const struct btf_type *array =
			pointer && btf_is_ptr(pointer) ? plain_type(btf, pointer->type) : NULL;

		return array && btf_is_array(array) ? btf_array(array)->nelems : 0;
	}
	return 0;
}

/* As the object has it, which libbpf has rounded when it opened it. */
static uint32_t declared_size(const struct object *object, const char *map)
{
	const struct btf *btf = bpf_object__btf(object->obj);
	__s32 id = btf ? btf__find_by_name_kind(btf, ".maps", BTF_KIND_DATASEC) : -1;

	if (id < 0)
		return 0;
	const struct btf_type *section = btf__type_by_id(btf, id);
	const struct btf_var_secinfo *info = btf_var_secinfos(section);

	for (int i = 0; i < btf_vlen(section); i++, info++) {
		const struct btf_type *var = btf__type_by_id(btf, info->type);
		const struct btf_type *def = plain_type(btf, var->type);

		if (!strcmp(btf__name_by_offset(btf, var->name_off), map) && def &&
		    btf_is_struct(def))
			return uint_member(btf, def, "max_entries");
	}
	return 0;
}

/* Of one map, as ebpf-go has it after MapSpec.fixupMagicFields(). */
static struct sizes fixed(const struct object *object, const struct object_map *map)
{
	uint32_t type = bpf_map__type(map->map);
	/* By __type(value, ...), and not by __uint(value_size, ...). */
	bool has_value_type = bpf_map__btf_value_type_id(map->map) != 0;
	struct sizes sizes = {bpf_map__key_size(map->map), bpf_map__value_size(map->map),
			      bpf_map__max_entries(map->map)};
	uint32_t told =
		map->told_size ? map->told_size : declared_size(object, bpf_map__name(map->map));
	uint32_t cpus = libbpf_num_possible_cpus();

	if (has_value_type && (type == BPF_MAP_TYPE_RINGBUF || type == MAP_ARENA ||
			       type == BPF_MAP_TYPE_PERF_EVENT_ARRAY))
		sizes.value_size = 0;
	if ((type == BPF_MAP_TYPE_PERF_EVENT_ARRAY || type == BPF_MAP_TYPE_ARRAY_OF_MAPS ||
	     type == BPF_MAP_TYPE_HASH_OF_MAPS) &&
	    !sizes.value_size)
		sizes.value_size = 4;
	if (type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && !sizes.key_size)
		sizes.key_size = 4;
	if ((type == BPF_MAP_TYPE_PERF_EVENT_ARRAY || type == BPF_MAP_TYPE_CPUMAP) &&
	    (!sizes.max_entries || sizes.max_entries > cpus))
		sizes.max_entries = cpus;
	if (is_ring(type) && told)
		sizes.max_entries = told;
	return sizes;
}

void fixups_note_size(struct object *object, const struct bpf_map *map, uint32_t size)
{
	for (size_t i = 0; i < object->nmaps; i++) {
		if (object->maps[i].map == map)
			object->maps[i].told_size = size;
	}
}

void fixups_apply(struct object *object)
{
	for (size_t i = 0; i < object->nmaps; i++) {
		struct object_map *map = &object->maps[i];
		struct sizes sizes = fixed(object, map);

		if (sizes.key_size != bpf_map__key_size(map->map))
			bpf_map__set_key_size(map->map, sizes.key_size);
		if (sizes.value_size != bpf_map__value_size(map->map))
			bpf_map__set_value_size(map->map, sizes.value_size);
		/* libbpf would round it again: the call itself is changed (trace.c). */
		if (is_ring(bpf_map__type(map->map)))
			map->exact_size = sizes.max_entries;
		else if (sizes.max_entries != bpf_map__max_entries(map->map))
			bpf_map__set_max_entries(map->map, sizes.max_entries);
	}
}

static void put_change(struct out *out, const struct bpf_map *map, const char *attribute,
		       uint32_t before, uint32_t after)
{
	if (before == after)
		return;
	size_t mark = out_open(out, F_FIXUP);

	out_string(out, F_NAME, bpf_map__name(map));
	out_string(out, F_TEXT, attribute);
	out_u64(out, F_BEFORE, before);
	out_u64(out, F_AFTER, after);
	out_close(out, mark);
}

void fixups_put(struct out *out, struct object *object)
{
	for (size_t i = 0; i < object->nmaps && !out_crowded(out); i++) {
		const struct bpf_map *map = object->maps[i].map;
		struct sizes sizes = fixed(object, &object->maps[i]);
		uint32_t entries = bpf_map__max_entries(map);

		put_change(out, map, "key_size", bpf_map__key_size(map), sizes.key_size);
		put_change(out, map, "value_size", bpf_map__value_size(map), sizes.value_size);
		/* A perf event array without a size gets the same one from libbpf. */
		if (entries || bpf_map__type(map) != BPF_MAP_TYPE_PERF_EVENT_ARRAY)
			put_change(out, map, "max_entries", entries, sizes.max_entries);
	}
}
