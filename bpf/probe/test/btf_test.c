// SPDX-License-Identifier: Apache-2.0
/* The reader of the kernel's BTF, on files written here: what a hook is, and what is no BTF. */
#include <errno.h>
#include <linux/btf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "agent/test/check.h"
#include "probe/oracle/btf.h"

/* The file that /sys/kernel/btf/vmlinux is; -1: there is none. */
static int vmlinux = -1;

int __wrap_open(const char *path, int flags);
int __wrap_open(const char *path, int flags)
{
	(void)flags;
	CHECK_TEXT(path, "/sys/kernel/btf/vmlinux");
	errno = ENOENT;
	return vmlinux < 0 ? -1 : dup(vmlinux);
}

/* BTF in the making: types and strings apart, as they lie in the file. */
struct maker {
	unsigned char types[4096];
	char strings[1024];
	unsigned type_len, str_len, last_id;
	struct btf_header header;
};

static void start(struct maker *maker)
{
	memset(maker, 0, sizeof(*maker));
	maker->str_len = 1;
	maker->header = (struct btf_header){
		.magic = BTF_MAGIC, .version = 1, .hdr_len = sizeof(struct btf_header)};
}

/* A type with `tail` bytes behind it; gives its id. */
static unsigned add(struct maker *maker, const char *name, unsigned kind, unsigned vlen,
		    unsigned tail)
{
	struct btf_type type = {.name_off = *name ? maker->str_len : 0, .info = kind << 24 | vlen};

	memcpy(maker->types + maker->type_len, &type, sizeof(type));
	/* What a reader that loses its place would take for a type of an unknown kind. */
	memset(maker->types + maker->type_len + sizeof(type), 0xff, tail);
	maker->type_len += sizeof(type) + tail;
	if (*name) {
		strcpy(maker->strings + maker->str_len, name);
		maker->str_len += strlen(name) + 1;
	}
	return ++maker->last_id;
}

/* Writes the file, `cut` bytes short, and reads it. */
static int read_made(struct maker *maker, unsigned cut, struct btf_hooks *hooks)
{
	unsigned len = sizeof(maker->header) + maker->type_len + maker->str_len;
	char *file = calloc(1, len);
	int result;

	maker->header.type_len = maker->header.type_len ?: maker->type_len;
	maker->header.str_off = maker->header.str_off ?: maker->type_len;
	maker->header.str_len = maker->header.str_len ?: maker->str_len;
	memcpy(file, &maker->header, sizeof(maker->header));
	memcpy(file + sizeof(maker->header), maker->types, maker->type_len);
	memcpy(file + sizeof(maker->header) + maker->type_len, maker->strings, maker->str_len);
	vmlinux = memfd_create("btf", 0);
	CHECK(write(vmlinux, file, len - cut) == (ssize_t)(len - cut), "the fixture");
	lseek(vmlinux, 0, SEEK_SET);
	memset(hooks, 0, sizeof(*hooks));
	errno = 0;
	result = btf_read_hooks(hooks);
	close(vmlinux);
	vmlinux = -1;
	free(file);
	return result;
}

/* Every kind with what follows it, so that an id after all of them is right only if each was. */
static unsigned add_every_kind(struct maker *maker)
{
	add(maker, "int", BTF_KIND_INT, 0, 4);
	add(maker, "", BTF_KIND_PTR, 0, 0);
	add(maker, "", BTF_KIND_ARRAY, 0, sizeof(struct btf_array));
	add(maker, "s", BTF_KIND_STRUCT, 3, 3 * sizeof(struct btf_member));
	add(maker, "u", BTF_KIND_UNION, 1, sizeof(struct btf_member));
	add(maker, "e", BTF_KIND_ENUM, 2, 2 * sizeof(struct btf_enum));
	add(maker, "e64", BTF_KIND_ENUM64, 2, 2 * sizeof(struct btf_enum64));
	add(maker, "f", BTF_KIND_FWD, 0, 0);
	add(maker, "t", BTF_KIND_TYPEDEF, 0, 0);
	add(maker, "", BTF_KIND_VOLATILE, 0, 0);
	add(maker, "", BTF_KIND_CONST, 0, 0);
	add(maker, "", BTF_KIND_RESTRICT, 0, 0);
	add(maker, "", BTF_KIND_FUNC_PROTO, 4, 4 * sizeof(struct btf_param));
	add(maker, "v", BTF_KIND_VAR, 0, 4);
	add(maker, "d", BTF_KIND_DATASEC, 2, 2 * sizeof(struct btf_var_secinfo));
	add(maker, "x", BTF_KIND_FLOAT, 0, 0);
	add(maker, "tag", BTF_KIND_DECL_TAG, 0, 4);
	return add(maker, "user", BTF_KIND_TYPE_TAG, 0, 0);
}

static void check_hooks(void)
{
	struct btf_hooks hooks;
	struct maker maker;
	unsigned before, open_id, bpf_id;

	start(&maker);
	before = add_every_kind(&maker);
	open_id = add(&maker, "bpf_lsm_file_open", BTF_KIND_FUNC, 0, 0);
	/* No hooks: a helper of the kernel's, a bare name, a prefix that is another, a struct. */
	add(&maker, "bpf_lsm_is_sleepable_hook", BTF_KIND_FUNC, 0, 0);
	add(&maker, "file_open", BTF_KIND_FUNC, 0, 0);
	add(&maker, "__bpf_lsm_bpf", BTF_KIND_FUNC, 0, 0);
	add(&maker, "bpf_lsm_blob", BTF_KIND_STRUCT, 0, 0);
	bpf_id = add(&maker, "bpf_lsm_bpf", BTF_KIND_FUNC, 0, 0);

	CHECK(read_made(&maker, 0, &hooks) == 0, "%s", strerror(errno));
	CHECK(open_id == before + 1 && hooks.count == 2, "%u hooks", hooks.count);
	CHECK_TEXT(btf_hook_name(&hooks, open_id) ?: "none", "file_open");
	CHECK_TEXT(btf_hook_name(&hooks, bpf_id) ?: "none", "bpf");
	CHECK(!btf_hook_name(&hooks, before), "a type is taken for a hook");
	CHECK(!btf_hook_name(&hooks, 0), "no function is taken for a hook");
}

static void check_none(void)
{
	struct btf_hooks hooks = {0};
	struct maker maker;

	vmlinux = -1;
	CHECK(btf_read_hooks(&hooks) == -1 && errno == ENOENT, "a kernel without BTF");
	start(&maker);
	CHECK(read_made(&maker, 0, &hooks) == 0 && !hooks.count, "BTF without a type");
}

/* A function whose name lies at this offset. */
static void add_nameless(struct maker *maker, unsigned name_off)
{
	struct btf_type type = {.name_off = name_off, .info = BTF_KIND_FUNC << 24};

	memcpy(maker->types + maker->type_len, &type, sizeof(type));
	maker->type_len += sizeof(type);
}

/* A file that is refused, and the change to a good one that makes it so. */
#define REFUSED(what, change)                                                                      \
	do {                                                                                       \
		struct btf_hooks hooks;                                                            \
		struct maker maker;                                                                \
		unsigned cut = 0;                                                                  \
		start(&maker);                                                                     \
		add(&maker, "bpf_lsm_file_open", BTF_KIND_FUNC, 0, 0);                             \
		change;                                                                            \
		CHECK(read_made(&maker, cut, &hooks) == -1, "%s is taken", what);                  \
		CHECK(errno == EINVAL, "%s: %s", what, strerror(errno));                           \
	} while (0)

static void check_damage(void)
{
	REFUSED("another magic", maker.header.magic = 0x9feb);
	REFUSED("a kind of the future", add(&maker, "x", 31, 0, 0));
	REFUSED("types between two words", maker.header.type_off = 2);
	REFUSED("half a type", maker.header.type_len = 8);
	REFUSED("half of what follows a type",
		(add(&maker, "x", BTF_KIND_INT, 0, 4), maker.header.type_len = 26));
	REFUSED("types beyond the end", maker.header.type_len = 4096);
	REFUSED("strings beyond the end", maker.header.str_len = 4096);
	REFUSED("strings elsewhere", maker.header.str_off = 100000);
	REFUSED("strings cut off", cut = 5);
	REFUSED("a header cut off",
		cut = sizeof(maker.header) + maker.type_len + maker.str_len - 10);
	REFUSED("a name beyond the strings", add_nameless(&maker, 500));
	REFUSED("a name at the end of the strings", add_nameless(&maker, maker.str_len));
}

int main(void)
{
	check_hooks();
	check_none();
	check_damage();
	return conclude("oracle BTF");
}
