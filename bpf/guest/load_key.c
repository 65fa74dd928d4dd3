// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>

#include "load_key.h"

/* enum64 of 6.0, younger than some headers. */
#define KIND_ENUM64 19
/* As in struct bpf_func_info. */
#define FUNC_INFO_MIN 8

static void add(struct sha256 *sha, const void *data, size_t len)
{
	if (len)
		sha256_update(sha, data, len);
}

static void add_u32(struct sha256 *sha, uint32_t value)
{
	add(sha, &value, sizeof(value));
}

/* With its NUL, so that two strings are not one. */
static void add_string(struct sha256 *sha, const char *text)
{
	add(sha, text ? text : "", strlen(text ? text : "") + 1);
}

static void add_members(struct sha256 *sha, const struct btf *btf, const struct btf_type *type)
{
	const struct btf_member *member = btf_members(type);

	for (int i = 0; i < btf_vlen(type); i++, member++) {
		add_string(sha, btf__name_by_offset(btf, member->name_off));
		add_u32(sha, member->type);
		add_u32(sha, member->offset);
	}
}

/* Parameters of a prototype and values of an enum: a name and a number. */
static void add_pairs(struct sha256 *sha, const struct btf *btf, const struct btf_type *type)
{
	const struct btf_enum *pair = btf_enum(type);

	for (int i = 0; i < btf_vlen(type); i++, pair++) {
		add_string(sha, btf__name_by_offset(btf, pair->name_off));
		add_u32(sha, pair->val);
	}
}

static void add_enum64(struct sha256 *sha, const struct btf *btf, const struct btf_type *type)
{
	const uint32_t *value = (const uint32_t *)(type + 1);

	for (int i = 0; i < btf_vlen(type); i++, value += 3) {
		add_string(sha, btf__name_by_offset(btf, value[0]));
		add(sha, value + 1, 2 * sizeof(*value));
	}
}

/* What follows a type and does not refer to a string. */
static size_t plain_tail(const struct btf_type *type)
{
	switch (btf_kind(type)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_DATASEC:
		return btf_vlen(type) * sizeof(struct btf_var_secinfo);
	default:
		return 0;
	}
}

/* By the names themselves: their offsets change with the text of source lines. */
static void add_type(struct sha256 *sha, const struct btf *btf, const struct btf_type *type)
{
	add_string(sha, btf__name_by_offset(btf, type->name_off));
	add_u32(sha, type->info);
	add_u32(sha, type->size);
	switch (btf_kind(type)) {
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		add_members(sha, btf, type);
		break;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		add_pairs(sha, btf, type);
		break;
	case KIND_ENUM64:
		add_enum64(sha, btf, type);
		break;
	default:
		add(sha, type + 1, plain_tail(type));
	}
}

/* All types of the object, hashed once for its programs: a worker loads one object. */
static void add_types(struct sha256 *sha, const struct btf *btf)
{
	static uint8_t digest[SHA256_BYTES];
	static const struct btf *hashed;

	if (!btf)
		return;
	if (hashed != btf) {
		struct sha256 types;

		sha256_init(&types);
		for (__u32 id = 1; id < btf__type_cnt(btf); id++)
			add_type(&types, btf, btf__type_by_id(btf, id));
		sha256_final(&types, digest);
		hashed = btf;
	}
	add(sha, digest, sizeof(digest));
}

static void add_map(struct sha256 *sha, const struct bpf_map *map)
{
	size_t size = 0;
	const void *initial = bpf_map__initial_value((struct bpf_map *)map, &size);
	struct bpf_map *inner = bpf_map__inner_map((struct bpf_map *)map);

	add_string(sha, bpf_map__name(map));
	add_u32(sha, bpf_map__type(map));
	add_u32(sha, bpf_map__key_size(map));
	add_u32(sha, bpf_map__value_size(map));
	add_u32(sha, bpf_map__max_entries(map));
	add_u32(sha, bpf_map__map_flags(map));
	add_u32(sha, bpf_map__btf_key_type_id(map));
	add_u32(sha, bpf_map__btf_value_type_id(map));
	add_u32(sha, size);
	/* Frozen data is a constant to the verifier. */
	add(sha, initial, initial ? size : 0);
	if (inner)
		add_map(sha, inner);
}

static const struct bpf_map *map_of(const struct object *object, int fd)
{
	for (size_t i = 0; i < object->nmaps; i++) {
		if (bpf_map__fd(object->maps[i].map) == fd)
			return object->maps[i].map;
	}
	return NULL;
}

/* An instruction of two slots that loads an address. False: of something without a place in a key.
 */
static bool add_address(struct sha256 *sha, const struct object *object,
			const struct bpf_insn insn[2])
{
	struct bpf_insn plain = insn[0];

	if (insn->src_reg == BPF_PSEUDO_MAP_FD || insn->src_reg == BPF_PSEUDO_MAP_VALUE) {
		const struct bpf_map *map = map_of(object, insn->imm);

		if (!map)
			return false;
		add_map(sha, map);
		plain.imm = 0;
	} else if (insn->src_reg == BPF_PSEUDO_BTF_ID) {
		/* The second half is the descriptor of a module's BTF. */
		if (insn[1].imm)
			return false;
	} else if (insn->src_reg != 0 && insn->src_reg != BPF_PSEUDO_FUNC) {
		return false;
	}
	add(sha, &plain, sizeof(plain));
	add(sha, &insn[1], sizeof(insn[1]));
	return true;
}

static bool add_insns(struct sha256 *sha, const struct object *object, const union bpf_attr *attr)
{
	const struct bpf_insn *insn = (const void *)(uintptr_t)attr->insns;

	for (__u32 i = 0; i < attr->insn_cnt; i++, insn++) {
		bool calls = insn->code == (BPF_JMP | BPF_CALL);

		/* A kfunc of a module: its BTF is a descriptor. */
		if (calls && insn->src_reg == BPF_PSEUDO_KFUNC_CALL && insn->off)
			return false;
		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW)) {
			add(sha, insn, sizeof(*insn));
			continue;
		}
		if (i + 1 == attr->insn_cnt || !add_address(sha, object, insn))
			return false;
		i++;
		insn++;
	}
	return true;
}

/* Where functions begin and which; types of the object are in the key by their id. */
static void add_functions(struct sha256 *sha, const union bpf_attr *attr)
{
	const uint8_t *record = (const void *)(uintptr_t)attr->func_info;

	if (!record || attr->func_info_rec_size < FUNC_INFO_MIN)
		return;
	for (__u32 i = 0; i < attr->func_info_cnt; i++, record += attr->func_info_rec_size)
		add(sha, record, FUNC_INFO_MIN);
}

static void add_attributes(struct sha256 *sha, const union bpf_attr *attr)
{
	add_u32(sha, attr->prog_type);
	add_u32(sha, attr->expected_attach_type);
	add_u32(sha, attr->attach_btf_id);
	add_u32(sha, attr->kern_version);
	add_u32(sha, attr->prog_flags);
	add_u32(sha, attr->prog_ifindex);
	add_u32(sha, attr->prog_btf_fd != 0);
	add_string(sha, (const char *)(uintptr_t)attr->license);
}

static void write_hex(const uint8_t digest[SHA256_BYTES], char key[LOAD_KEY_SIZE])
{
	for (int i = 0; i < SHA256_BYTES; i++)
		sprintf(key + 2 * i, "%02x", digest[i]);
}

bool load_key(const union bpf_attr *attr, const struct object *object, char key[LOAD_KEY_SIZE])
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha;

	/* Shares its place with attach_prog_fd. */
	if (attr->attach_btf_obj_fd)
		return false;
	sha256_init(&sha);
	add_attributes(&sha, attr);
	add_functions(&sha, attr);
	add_types(&sha, bpf_object__btf(object->obj));
	if (!add_insns(&sha, object, attr))
		return false;
	sha256_final(&sha, digest);
	write_hex(digest, key);
	return true;
}
