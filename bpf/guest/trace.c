// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "trace.h"

long __real_syscall(long number, ...);
long __wrap_syscall(long number, ...);

static struct trace *current;
static unsigned long seen;
/* System calls of any kind that went through the wrapper. */
static unsigned long calls;

void trace_set(struct trace *trace)
{
	current = trace;
}

bool trace_effective(void)
{
	unsigned long before = seen;

	bpf_obj_get("");
	return seen != before;
}

int trace_dummy_fd(void)
{
	return memfd_create("dummy", MFD_CLOEXEC);
}

int raw_bpf(enum bpf_cmd cmd, void *attr, unsigned int size)
{
	return __real_syscall(SYS_bpf, (long)cmd, (long)attr, (long)size, 0L, 0L, 0L);
}

static void note(struct trace *trace, enum bpmx_stage stage, const char *name, int err)
{
	trace->failed = stage;
	trace->failed_err = err;
	snprintf(trace->failed_name, sizeof(trace->failed_name), "%s", name);
}

/* libbpf got over it: a later failure has another reason. */
static void forget_failure(struct trace *trace)
{
	note(trace, STAGE_PREPARE, "", 0);
}

static struct object_prog *find_prog(struct trace *trace, const union bpf_attr *attr)
{
	struct object *object = trace->object;

	for (size_t i = 0; i < object->nprogs; i++) {
		if ((__u64)(unsigned long)bpf_program__insns(object->progs[i].prog) == attr->insns)
			return &object->progs[i];
	}
	return NULL;
}

/* Is `kernel_name` what the kernel gets to see of `name`? An outer map stands for its inner one. */
static bool is_named(const char *kernel_name, const char *name)
{
	char inner[BPF_OBJ_NAME_LEN + 192];

	snprintf(inner, sizeof(inner), "%.180s.inner", name);
	return !strncmp(kernel_name, name, BPF_OBJ_NAME_LEN - 1) ||
	       !strncmp(kernel_name, inner, BPF_OBJ_NAME_LEN - 1);
}

/* Maps for custom data sections go to the kernel under another name than bpf_map__name(). */
static bool is_shaped(const union bpf_attr *attr, const struct bpf_map *map)
{
	return attr->map_name[0] && strncmp(attr->map_name, "libbpf_", 7) &&
	       attr->map_type == bpf_map__type(map) && attr->key_size == bpf_map__key_size(map) &&
	       attr->value_size == bpf_map__value_size(map) &&
	       attr->max_entries == bpf_map__max_entries(map);
}

/* libbpf creates maps in order, and several may share their first 15 characters. */
static struct object_map *find_map(struct trace *trace, const union bpf_attr *attr)
{
	struct object *object = trace->object;
	struct object_map *shaped = NULL;

	for (size_t i = 0; i < object->nmaps; i++) {
		struct object_map *map = &object->maps[i];

		if (map->created || !bpf_map__autocreate(map->map))
			continue;
		if (is_named(attr->map_name, bpf_map__name(map->map)))
			return map;
		if (!shaped && is_shaped(attr, map->map))
			shaped = map;
	}
	return shaped;
}

static long create_map(struct trace *trace, union bpf_attr *attr, unsigned int size)
{
	struct object_map *map = find_map(trace, attr);

	if (!map)
		return raw_bpf(BPF_MAP_CREATE, attr, size);
	progress_at(trace->progress, STAGE_MAP, bpf_map__name(map->map));
	if (map->exact_size && attr->map_type == bpf_map__type(map->map))
		attr->max_entries = map->exact_size;
	long fd = raw_bpf(BPF_MAP_CREATE, attr, size);
	int err = fd < 0 ? errno : 0;

	map->tried = true;
	map->err = err;
	map->asked = (struct map_asked){
		.type = attr->map_type,
		.key_size = attr->key_size,
		.value_size = attr->value_size,
		.max_entries = attr->max_entries,
		.flags = attr->map_flags,
		.has_inner = attr->inner_map_fd != 0,
	};
	if (fd < 0)
		note(trace, STAGE_MAP, bpf_map__name(map->map), err);
	else
		forget_failure(trace);
	if (fd >= 0 && attr->map_type == bpf_map__type(map->map))
		map->created = true;
	/* With BTF types libbpf tries once more without them; that call decides. */
	if (fd < 0 && trace->dummy_maps && !attr->btf_key_type_id && !attr->btf_value_type_id) {
		map->created = true;
		return trace_dummy_fd();
	}
	errno = err;
	return fd;
}

static long load_prog(struct trace *trace, union bpf_attr *attr, unsigned int size)
{
	struct object_prog *prog = find_prog(trace, attr);

	if (!prog)
		return raw_bpf(BPF_PROG_LOAD, attr, size);
	progress_at(trace->progress, STAGE_PROG, bpf_program__name(prog->prog));
	/* libbpf asks again for the log of a failure. That verification was done already. */
	if (prog->tried && prog->err) {
		errno = prog->err;
		return trace->load ? trace->load(trace, prog, attr, size) : -1;
	}
	long fd = trace->load ? trace->load(trace, prog, attr, size)
			      : raw_bpf(BPF_PROG_LOAD, attr, size);
	int err = fd < 0 ? errno : 0;

	prog->tried = true;
	if (fd < 0) {
		prog->err = err;
		note(trace, STAGE_PROG, bpf_program__name(prog->prog), err);
	} else {
		forget_failure(trace);
	}
	errno = err;
	return fd;
}

/* Filling or freezing a dummy map fails; that is nothing about the object. */
static long touch_map(struct trace *trace, enum bpf_cmd cmd, union bpf_attr *attr,
		      unsigned int size)
{
	long ret = raw_bpf(cmd, attr, size);

	return trace->dummy_maps ? 0 : ret;
}

/* libbpf probes features with tiny BTF; the object's own is known by its size. */
static long load_btf(struct trace *trace, union bpf_attr *attr, unsigned int size)
{
	const struct btf *btf = bpf_object__btf(trace->object->obj);
	__u32 btf_size = 0;

	if (btf)
		btf__raw_data(btf, &btf_size);
	long fd = raw_bpf(BPF_BTF_LOAD, attr, size);
	int err = errno;

	/* A copy made fit for an older kernel may be somewhat smaller. */
	if (btf_size && attr->btf_size >= btf_size / 2) {
		if (fd < 0)
			note(trace, STAGE_BTF, "", err);
		else
			forget_failure(trace);
	}
	errno = err;
	return fd;
}

static long traced_bpf(enum bpf_cmd cmd, union bpf_attr *attr, unsigned int size)
{
	struct trace *trace = current;

	switch (cmd) {
	case BPF_MAP_CREATE:
		return create_map(trace, attr, size);
	case BPF_PROG_LOAD:
		return load_prog(trace, attr, size);
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_FREEZE:
		return touch_map(trace, cmd, attr, size);
	case BPF_BTF_LOAD:
		return load_btf(trace, attr, size);
	default:
		return raw_bpf(cmd, attr, size);
	}
}

enum bpmx_stage trace_stage(const struct trace *trace, int err)
{
	if (!err)
		return STAGE_DONE;
	/* An older failure that libbpf got over (BTF is mostly optional) is not why it gave up. */
	return trace->failed_err == err ? trace->failed : STAGE_PREPARE;
}

unsigned long trace_calls(void)
{
	return calls;
}

long __wrap_syscall(long number, ...)
{
	long a[6];
	va_list args;

	va_start(args, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	calls++;
	if (number != SYS_bpf)
		return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	seen++;
	if (!current)
		return raw_bpf(a[0], (void *)a[1], a[2]);
	return traced_bpf(a[0], (union bpf_attr *)a[1], a[2]);
}
