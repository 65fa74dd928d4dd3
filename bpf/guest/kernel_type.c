// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kernel_names.h"
#include "near.h"

/* Members of members without a name, and pointers to pointers: deeper than any kernel goes. */
#define DEPTH_MAX 8
/* enum64 of 6.0, younger than some headers. */
#define KIND_ENUM64 19
/* What the kernel puts around a table of struct_ops. */
#define TABLE_PREFIX "bpf_struct_ops_"

static const char *keyword(const struct btf_type *type)
{
	if (btf_is_struct(type))
		return "struct ";
	if (btf_is_union(type))
		return "union ";
	return btf_is_enum(type) || btf_kind(type) == KIND_ENUM64 ? "enum " : "";
}

/* `struct list_head`, `char *`; what has no name of its own is `(anonymous)`. */
static void name_type(const struct btf *btf, __u32 id, char *text, size_t size)
{
	const char *tail = "";

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name = type ? btf__name_by_offset(btf, type->name_off) : "void";

		if (type && btf_is_ptr(type))
			tail = " *";
		else if (type && btf_is_array(type))
			tail = "[]";
		else if (!type || !btf_is_mod(type) || btf_is_type_tag(type)) {
			const char *shown = name && *name ? name : "(anonymous)";

			snprintf(text, size, "%s%s%s", type ? keyword(type) : "", shown, tail);
			return;
		}
		id = btf_is_array(type) ? btf_array(type)->type : type->type;
	}
	snprintf(text, size, "(deep)%s", tail);
}

static void put_member(struct out *out, const char *name, const char *type)
{
	size_t mark = out_open(out, F_MEMBER);

	out_string(out, F_NAME, name);
	out_string(out, F_TYPE, type);
	out_close(out, mark);
}

static void put_members(struct out *out, const struct btf *btf, const struct btf_type *type,
			int depth)
{
	const struct btf_member *member = btf_members(type);
	char text[160];

	for (int i = 0; i < btf_vlen(type) && !out_crowded(out); i++, member++) {
		const char *name = btf__name_by_offset(btf, member->name_off);
		const struct btf_type *inner = btf__type_by_id(btf, member->type);

		if (name && *name) {
			name_type(btf, member->type, text, sizeof(text));
			put_member(out, name, text);
		} else if (btf_is_composite(inner) && depth < DEPTH_MAX) {
			put_members(out, btf, inner, depth + 1);
		}
	}
}

/* Both kinds of enum begin a value with its name. */
static void put_values(struct out *out, const struct btf *btf, const struct btf_type *type)
{
	size_t words = btf_is_enum(type) ? 2 : 3;
	const __u32 *value = (const __u32 *)(type + 1);

	for (int i = 0; i < btf_vlen(type) && !out_crowded(out); i++, value += words)
		put_member(out, btf__name_by_offset(btf, value[0]), "");
}

/* Every table that programs can fill is in place of one that is not there: a struct with a name. */
static bool are_tables(const struct btf *btf, const char *wanted, const char *name)
{
	size_t len = sizeof(TABLE_PREFIX) - 1;

	return !strncmp(wanted, TABLE_PREFIX, len) && !strncmp(name, TABLE_PREFIX, len) &&
	       btf__find_by_name_kind(btf, name + len, BTF_KIND_STRUCT) > 0;
}

static void put_like(struct out *out, const struct btf *btf, const char *wanted)
{
	for (__u32 id = 1; id < btf__type_cnt(btf) && !out_crowded(out); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);
		const char *name = btf__name_by_offset(btf, type->name_off);

		if (*keyword(type) && name &&
		    (is_near(wanted, name) || are_tables(btf, wanted, name)))
			out_string(out, F_HOOK, name);
	}
}

void kernel_type(const void *input, struct out *out, struct progress *progress)
{
	const char *name = input;
	struct btf *btf = btf__load_vmlinux_btf();

	progress_at(progress, STAGE_PREPARE, name);
	if (libbpf_get_error(btf))
		return;
	for (__u32 id = 1; id < btf__type_cnt(btf); id++) {
		const struct btf_type *type = btf__type_by_id(btf, id);

		if (!*keyword(type) || strcmp(btf__name_by_offset(btf, type->name_off), name))
			continue;
		out_u64(out, F_KNOWN, 1);
		if (btf_is_composite(type))
			put_members(out, btf, type, 0);
		else
			put_values(out, btf, type);
		btf__free(btf);
		return;
	}
	out_u64(out, F_KNOWN, 0);
	put_like(out, btf, name);
	btf__free(btf);
}
