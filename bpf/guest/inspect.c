// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>

#include <bpf/btf.h>

#include "fixups.h"
#include "load.h"
#include "needs.h"
#include "warnings.h"

static void put_program(struct out *out, const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);
	bool autoload = bpf_program__autoload(prog);
	size_t mark = out_open(out, F_PROGRAM);
	char written[512];

	/* libbpf forgets the '?' and keeps what it means. */
	snprintf(written, sizeof(written), "%s%s", autoload || *section == '?' ? "" : "?", section);
	out_string(out, F_NAME, bpf_program__name(prog));
	out_string(out, F_SECTION, written);
	put_type(out, libbpf_bpf_prog_type_str(bpf_program__type(prog)), bpf_program__type(prog));
	out_u64(out, F_AUTOLOAD, autoload);
	out_u64(out, F_INSNS, bpf_program__insn_cnt(prog));
	out_close(out, mark);
}

/* The struct of a struct_ops table, as the object's BTF has it. */
static void put_table_type(struct out *out, const struct bpf_map *map, const struct btf *btf)
{
	/* libbpf before 1.4 does not say: 0, which is void. */
	__u32 id = bpf_map__btf_value_type_id(map);
	const struct btf_type *type = id ? btf__type_by_id(btf, id) : NULL;

	if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS && type)
		out_string(out, F_TABLE_TYPE, btf__name_by_offset(btf, type->name_off));
}

static void put_map(struct out *out, const struct bpf_map *map, const struct btf *btf)
{
	size_t mark = out_open(out, F_MAP);

	out_string(out, F_NAME, bpf_map__name(map));
	put_type(out, libbpf_bpf_map_type_str(bpf_map__type(map)), bpf_map__type(map));
	out_u64(out, F_KEY_SIZE, bpf_map__key_size(map));
	out_u64(out, F_VALUE_SIZE, bpf_map__value_size(map));
	out_u64(out, F_MAX_ENTRIES, bpf_map__max_entries(map));
	if (btf)
		put_table_type(out, map, btf);
	out_close(out, mark);
}

void inspect(const void *input, struct out *out, struct progress *progress)
{
	const struct load_request *request = input;
	struct needs_failure failure;
	struct object object;
	size_t at = 0;

	progress_at(progress, STAGE_OPEN, NULL);
	warnings_start();
	int err = object_open(&object, request->path);

	/* Sizes are given; all else that it needs is a matter of its load. */
	if (!err && !needs_meet(request->needs, &object, &failure))
		err = failure.err;
	put_outcome(out, err ? STAGE_OPEN : STAGE_DONE, err, NULL);
	if (err)
		return;
	out_u64(out, F_HAS_BTF, bpf_object__btf(object.obj) != NULL);
	/* Programs, then maps, counted through; the harness asks on from where a reply was full. */
	for (size_t i = 0; i < object.nprogs; i++) {
		if (at++ >= request->offset && !out_crowded(out))
			put_program(out, object.progs[i].prog);
	}
	for (size_t i = 0; i < object.nmaps; i++) {
		if (at++ >= request->offset && !out_crowded(out))
			put_map(out, object.maps[i].map, bpf_object__btf(object.obj));
	}
	out_u64(out, F_MORE, out_crowded(out));
	if (request->offset == 0)
		fixups_put(out, &object);
	object_close(&object);
}
