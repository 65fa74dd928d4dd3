// SPDX-License-Identifier: Apache-2.0
#include <stdint.h>
#include <stdlib.h>

#include "load.h"

/* usage[map * nprogs + prog] */
struct uses {
	bool *table;
};

/* Does any instruction load the address or the value of the map with this descriptor? */
static bool refers_to(const union bpf_attr *attr, int fd)
{
	const struct bpf_insn *insns = (const struct bpf_insn *)(uintptr_t)attr->insns;

	for (uint32_t i = 0; i + 1 < attr->insn_cnt; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if ((insns[i].src_reg == BPF_PSEUDO_MAP_FD ||
		     insns[i].src_reg == BPF_PSEUDO_MAP_VALUE) &&
		    insns[i].imm == fd)
			return true;
		i++;
	}
	return false;
}

/* Verifies nothing: notes which of the maps that failed the program refers to. */
static int note_uses(struct trace *trace, struct object_prog *prog, const union bpf_attr *attr,
		     unsigned int size)
{
	struct object *object = trace->object;
	struct uses *uses = trace->data;
	size_t at = prog - object->progs;

	(void)size;
	for (size_t i = 0; i < object->nmaps; i++) {
		struct object_map *map = &object->maps[i];

		if (map->err && refers_to(attr, bpf_map__fd(map->map)))
			uses->table[i * object->nprogs + at] = true;
	}
	return trace_dummy_fd();
}

static void put_failed_map(struct out *out, const struct object *object, const struct uses *uses,
			   size_t map)
{
	size_t mark = out_open(out, F_MAP);

	const struct map_asked *asked = &object->maps[map].asked;

	out_string(out, F_NAME, bpf_map__name(object->maps[map].map));
	out_u64(out, F_ERRNO, object->maps[map].err);
	put_type(out, libbpf_bpf_map_type_str(asked->type), asked->type);
	out_u64(out, F_KEY_SIZE, asked->key_size);
	out_u64(out, F_VALUE_SIZE, asked->value_size);
	out_u64(out, F_MAX_ENTRIES, asked->max_entries);
	out_u64(out, F_MAP_FLAGS, asked->flags);
	out_u64(out, F_HAS_INNER, asked->has_inner);
	for (size_t i = 0; i < object->nprogs; i++) {
		if (uses->table[map * object->nprogs + i])
			out_string(out, F_USED_BY, bpf_program__name(object->progs[i].prog));
	}
	out_close(out, mark);
}

void load_maps(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct uses uses;
	struct object object;
	struct trace trace = {
		.object = &object,
		.progress = progress,
		.load = note_uses,
		.dummy_maps = true,
		.failed = STAGE_PREPARE,
		.data = &uses,
	};

	if (!begin_load(request, &object, out, progress))
		return;
	uses.table = calloc(object.nmaps * object.nprogs + 1, sizeof(*uses.table));
	if (!uses.table)
		abort();
	for (size_t i = 0; i < object.nprogs; i++)
		bpf_program__set_autoload(object.progs[i].prog, true);
	trace_set(&trace);
	/* With dummies in its way the load need not end well; the maps were tried all the same. */
	bpf_object__load(object.obj);
	trace_set(NULL);
	put_outcome(out, STAGE_DONE, 0, NULL);
	for (size_t i = 0; i < object.nmaps; i++) {
		if (object.maps[i].err)
			put_failed_map(out, &object, &uses, i);
	}
	free(uses.table);
	object_close(&object);
}
