// SPDX-License-Identifier: Apache-2.0
#include <string.h>

#include "struct_ops.h"

/*
 * In what libbpf has read of a struct_ops map a function is a pointer to its program. libbpf before
 * 1.4 does not show it: there every map counts.
 */
static bool has_function(const struct object_map *map, const struct bpf_program *prog)
{
	size_t kernel_size = 0;
	const char *data = bpf_map__initial_value(map->map, &kernel_size);

	for (size_t at = 0; data && at + sizeof(prog) <= map->table_size; at += sizeof(prog)) {
		if (!memcmp(data + at, &prog, sizeof(prog)))
			return true;
	}
	return !data;
}

static int attach_map(struct object_map *map)
{
	if (map->attach_tried)
		return map->attach_err;
	map->attach_tried = true;
	struct bpf_link *link = bpf_map__attach_struct_ops(map->map);

	map->attach_err = -libbpf_get_error(link);
	map->link = map->attach_err ? NULL : link;
	return map->attach_err;
}

int struct_ops_attach(struct object *object, const struct bpf_program *prog, const char **place,
		      const char **reason)
{
	for (size_t i = 0; i < object->nmaps; i++) {
		struct object_map *map = &object->maps[i];

		if (bpf_map__type(map->map) != BPF_MAP_TYPE_STRUCT_OPS ||
		    bpf_map__fd(map->map) < 0 || !has_function(map, prog))
			continue;
		*place = bpf_map__name(map->map);
		int err = attach_map(map);

		if (err)
			return err;
	}
	if (!*place)
		*reason = "no struct_ops map of the object has it as a function";
	return 0;
}

void struct_ops_detach(struct object *object)
{
	for (size_t i = 0; i < object->nmaps; i++) {
		bpf_link__destroy(object->maps[i].link);
		object->maps[i].link = NULL;
	}
}
