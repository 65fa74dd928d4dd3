// SPDX-License-Identifier: Apache-2.0
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fake_kernel.h"

static const struct fake_object *all;
static size_t all_count;
static int end_of_list;
/* Which object a descriptor is of. */
static const struct fake_object *by_fd[1024];

void fake_kernel_has(const struct fake_object *objects, size_t count, int list_error)
{
	all = objects;
	all_count = count;
	end_of_list = list_error;
}

unsigned fake_open_fds(void)
{
	DIR *folder = opendir("/proc/self/fd");
	unsigned count = 0;

	while (readdir(folder))
		count++;
	closedir(folder);
	return count;
}

static int next_id(enum fake_kind kind, __u32 after, __u32 *id)
{
	for (size_t i = after; i < all_count; i++) {
		if (all[i].kind != kind)
			continue;
		*id = i + 1;
		return 0;
	}
	errno = end_of_list;
	return -1;
}

static int get_fd(__u32 id)
{
	const struct fake_object *object = &all[id - 1];
	int fd;

	if (object->fd_error) {
		errno = object->fd_error;
		return -1;
	}
	fd = object->file ? dup(object->file) : open("/dev/null", O_RDONLY | O_CLOEXEC);
	by_fd[fd] = object;
	return fd;
}

int bpf_prog_get_next_id(__u32 start_id, __u32 *id)
{
	return next_id(FAKE_PROGRAM, start_id, id);
}

int bpf_link_get_next_id(__u32 start_id, __u32 *id)
{
	return next_id(FAKE_LINK, start_id, id);
}

int bpf_map_get_next_id(__u32 start_id, __u32 *id)
{
	return next_id(FAKE_MAP, start_id, id);
}

int bpf_prog_get_fd_by_id(__u32 id)
{
	return get_fd(id);
}

int bpf_link_get_fd_by_id(__u32 id)
{
	return get_fd(id);
}

int bpf_map_get_fd_by_id(__u32 id)
{
	return get_fd(id);
}

int bpf_obj_get_info_by_fd(int fd, void *info, __u32 *len)
{
	const struct fake_object *object = by_fd[fd];

	if (object->info_error) {
		errno = object->info_error;
		return -1;
	}
	memcpy(info, &object->program, *len);
	return 0;
}

int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	const struct fake_object *object = by_fd[fd];

	if (!object->value || *(const __u32 *)key) {
		errno = ENOENT;
		return -1;
	}
	memcpy(value, object->value, object->map.value_size);
	return 0;
}

const char *libbpf_bpf_prog_type_str(enum bpf_prog_type type)
{
	if (type == BPF_PROG_TYPE_LSM)
		return "lsm";
	return type == BPF_PROG_TYPE_TRACEPOINT ? "tracepoint" : NULL;
}

const char *libbpf_bpf_link_type_str(enum bpf_link_type type)
{
	if (type == BPF_LINK_TYPE_TRACING)
		return "tracing";
	return type == BPF_LINK_TYPE_PERF_EVENT ? "perf_event" : NULL;
}
