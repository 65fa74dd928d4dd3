// SPDX-License-Identifier: Apache-2.0
/*
 * One walk over the types. libbpf's parser checks all of them first, which under emulation takes
 * longer than everything else that the oracle does.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "btf.h"

#define VMLINUX   "/sys/kernel/btf/vmlinux"
#define PREFIX    "bpf_lsm_"
#define HOOKS_MAX 1024

/* Functions of kernel/bpf/bpf_lsm.c and security/bpf/hooks.c that are no hooks. */
static const char *const no_hooks[] = {
	"find_cgroup_shim",   "find_ctx_arg_offset", "func_proto", "get_retval_range",
	"has_d_inode_locked", "hook_returns_errno",  "init",       "is_sleepable_hook",
	"is_trusted",         "verify_prog",
};

/* A read gives a page at most. */
static char *read_all(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	ssize_t more = 1;
	char *text;

	*len = 0;
	if (fd < 0 || fstat(fd, &status))
		return NULL;
	text = malloc(status.st_size);
	while (text && more > 0) {
		more = read(fd, text + *len, status.st_size - *len);
		*len += more > 0 ? more : 0;
	}
	close(fd);
	return text;
}

/* Bytes that follow a type, or -1 for a kind that this program does not know. */
static long tail_of(const struct btf_type *type)
{
	long vlen = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return vlen * sizeof(struct btf_enum);
	case BTF_KIND_ENUM64:
		return vlen * sizeof(struct btf_enum64);
	case BTF_KIND_FUNC_PROTO:
		return vlen * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return vlen * sizeof(struct btf_var_secinfo);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	default:
		return -1;
	}
}

static void note_function(struct btf_hooks *hooks, uint32_t id, const char *name)
{
	if (strncmp(name, PREFIX, strlen(PREFIX)) || hooks->count == HOOKS_MAX)
		return;
	name += strlen(PREFIX);
	for (size_t i = 0; i < sizeof(no_hooks) / sizeof(*no_hooks); i++)
		if (!strcmp(name, no_hooks[i]))
			return;
	hooks->all[hooks->count++] = (struct btf_hook){id, name};
}

/* A part of the file that lies in it from its first byte to its last. */
struct section {
	const char *at;
	uint32_t len;
};

static int find_section(const char *file, size_t len, uint64_t offset, uint32_t section_len,
			struct section *section)
{
	*section = (struct section){file + offset, section_len};
	return offset + section_len <= len ? 0 : -1;
}

static int walk(struct btf_hooks *hooks, const struct section *types, const struct section *strings)
{
	const char *at = types->at, *end = at + types->len;

	for (uint32_t id = 1; (size_t)(end - at) >= sizeof(struct btf_type); id++) {
		const struct btf_type *type = (const struct btf_type *)at;
		long tail = tail_of(type);

		if (tail < 0 || type->name_off >= strings->len)
			return -1;
		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC)
			note_function(hooks, id, strings->at + type->name_off);
		if (sizeof(*type) + tail > (size_t)(end - at))
			return -1;
		at += sizeof(*type) + tail;
	}
	return at == end ? 0 : -1;
}

int btf_parse_hooks(const char *file, size_t len, struct btf_hooks *hooks)
{
	const struct btf_header *header = (const struct btf_header *)file;
	struct section types, strings;

	hooks->all = calloc(HOOKS_MAX, sizeof(*hooks->all));
	errno = EINVAL;
	if (!hooks->all || len < sizeof(*header) || header->magic != BTF_MAGIC)
		return -1;
	if (find_section(file, len, (uint64_t)header->hdr_len + header->type_off, header->type_len,
			 &types) ||
	    find_section(file, len, (uint64_t)header->hdr_len + header->str_off, header->str_len,
			 &strings))
		return -1;
	/* As the kernel wants it; and a NUL at the end of all names is one at the end of each. */
	if ((types.at - file) % sizeof(uint32_t) || !strings.len || strings.at[strings.len - 1])
		return -1;
	return walk(hooks, &types, &strings);
}

/* The file has megabytes, the names in it a few kilobytes. */
static int keep_names(struct btf_hooks *hooks)
{
	for (unsigned int i = 0; i < hooks->count; i++) {
		hooks->all[i].name = strdup(hooks->all[i].name);
		if (!hooks->all[i].name)
			return -1;
	}
	return 0;
}

int btf_read_hooks(struct btf_hooks *hooks)
{
	size_t len;
	char *file = read_all(VMLINUX, &len);
	int err = !file || btf_parse_hooks(file, len, hooks) || keep_names(hooks) ? errno : 0;

	free(file);
	errno = err;
	return err ? -1 : 0;
}

const char *btf_hook_name(const struct btf_hooks *hooks, uint32_t id)
{
	for (unsigned int i = 0; id && i < hooks->count; i++)
		if (hooks->all[i].id == id)
			return hooks->all[i].name;
	return NULL;
}
