// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "live_maps.h"

enum { MAPS_MAX = 64 };

/* The kernel keeps as many letters of a name. */
static bool same_name(const char *kept, const char *whole)
{
	return !strncmp(kept, whole, BPF_OBJ_NAME_LEN - 1);
}

/* The maps of a program, if it is the one: their number, or -1. */
static int maps_of(__u32 id, const char *name, __u32 *maps)
{
	struct bpf_prog_info info = {.nr_map_ids = MAPS_MAX, .map_ids = (__u64)(unsigned long)maps};
	__u32 len = sizeof(info);
	int fd = bpf_prog_get_fd_by_id(id);
	int failed = fd < 0 ? -1 : bpf_obj_get_info_by_fd(fd, &info, &len);

	if (fd >= 0)
		close(fd);
	if (failed || info.type != BPF_PROG_TYPE_LSM || !same_name(info.name, name))
		return -1;
	return info.nr_map_ids < MAPS_MAX ? info.nr_map_ids : MAPS_MAX;
}

static int find_maps(const char *name, __u32 *maps)
{
	__u32 id = 0;
	int count = -1;

	while (count < 0 && !bpf_prog_get_next_id(id, &id))
		count = maps_of(id, name, maps);
	return count;
}

static struct bpf_map *map_called(struct bpf_object *object, const char *name)
{
	struct bpf_map *map;

	bpf_object__for_each_map (map, object)
		if (same_name(name, bpf_map__name(map)))
			return map;
	return NULL;
}

static int take(struct bpf_object *object, __u32 id)
{
	struct bpf_map_info info = {0};
	__u32 len = sizeof(info);
	int fd = bpf_map_get_fd_by_id(id);
	struct bpf_map *map;
	int failed;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		return -1;
	map = map_called(object, info.name);
	failed = map ? bpf_map__reuse_fd(map, fd) : 0;
	close(fd);
	return failed ? -1 : 0;
}

int take_live_maps(struct bpf_object *object, const struct bpf_program *program)
{
	__u32 maps[MAPS_MAX];
	int count = find_maps(bpf_program__name(program), maps);

	if (count < 0) {
		errno = ESRCH;
		return -1;
	}
	for (int i = 0; i < count; i++)
		if (take(object, maps[i]))
			return -1;
	return 0;
}
