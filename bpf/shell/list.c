// SPDX-License-Identifier: Apache-2.0
/* bpf prog|map|link: what lives in this kernel, a line each; for people, without any library. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

static const char *known(const char *name)
{
	return name ? name : "unknown";
}

/* The name of a type in the kernel's BTF; empty where it cannot be known. */
static const char *kernel_type(__u32 id)
{
	static struct btf *btf;

	if (!btf)
		btf = btf__load_vmlinux_btf();
	const struct btf_type *type = btf && id ? btf__type_by_id(btf, id) : NULL;

	return type ? btf__name_by_offset(btf, type->name_off) : "";
}

static int show_program(int fd)
{
	struct bpf_prog_info info = {0};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -1;
	printf("%6u  %-16s %-20s %6u insns  %s\n", info.id, info.name[0] ? info.name : "-",
	       known(libbpf_bpf_prog_type_str(info.type)), info.xlated_prog_len / 8,
	       kernel_type(info.attach_btf_id));
	return 0;
}

static int show_map(int fd)
{
	struct bpf_map_info info = {0};
	__u32 len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -1;
	printf("%6u  %-16s %-20s key %u, value %u, max %u\n", info.id,
	       info.name[0] ? info.name : "-", known(libbpf_bpf_map_type_str(info.type)),
	       info.key_size, info.value_size, info.max_entries);
	return 0;
}

static int show_link(int fd)
{
	char name[128] = "";
	struct bpf_link_info info = {0};
	__u32 len = sizeof(info);

	/* The buffer is for links that have a name; of others it is another field. */
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -1;
	if (info.type == BPF_LINK_TYPE_RAW_TRACEPOINT) {
		info = (struct bpf_link_info){.raw_tracepoint.tp_name = (unsigned long)name,
					      .raw_tracepoint.tp_name_len = sizeof(name)};
		len = sizeof(info);
		if (bpf_obj_get_info_by_fd(fd, &info, &len))
			return -1;
	}
	bool tracing = info.type == BPF_LINK_TYPE_TRACING;

	printf("%6u  %-16s program %-6u %s\n", info.id, known(libbpf_bpf_link_type_str(info.type)),
	       info.prog_id, tracing ? kernel_type(info.tracing.target_btf_id) : name);
	return 0;
}

struct kind {
	const char *name;
	int (*next)(__u32, __u32 *);
	int (*open)(__u32);
	int (*show)(int);
};

static const struct kind kinds[] = {
	{"prog", bpf_prog_get_next_id, bpf_prog_get_fd_by_id, show_program},
	{"map", bpf_map_get_next_id, bpf_map_get_fd_by_id, show_map},
	{"link", bpf_link_get_next_id, bpf_link_get_fd_by_id, show_link},
};

/* 0, or -1 and errno. What is gone before it is looked at, or not attached yet (EAGAIN), is left
 * out. */
static int list(const struct kind *kind)
{
	__u32 id = 0;

	while (!kind->next(id, &id)) {
		int fd = kind->open(id);

		if (fd < 0 && (errno == ENOENT || errno == EAGAIN))
			continue;
		if (fd < 0 || kind->show(fd))
			return -1;
		close(fd);
	}
	return errno == ENOENT ? 0 : -1;
}

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 2 && i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (strcmp(argv[1], kinds[i].name))
			continue;
		libbpf_set_print(NULL);
		if (!list(&kinds[i]))
			return 0;
		fprintf(stderr, "bpf: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	fputs("usage: bpf prog | map | link\n", stderr);
	return 2;
}
