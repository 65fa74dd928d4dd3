// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/mman.h>

#include "arguments.h"
#include "capture.h"

/* The object, as it lies in this program: see build.mk. */
extern const char capture_object[], capture_object_end[];

static int program = -1, map = -1;

static int new_file(struct captured *captured)
{
	memset(captured, 0, sizeof(*captured));
	captured->fd = memfd_create("rehearsed", MFD_CLOEXEC);
	return (int)captured->fd < 0 ? -1 : 0;
}

/* Asks the kernel for the addresses of a new file and of a socket address. */
static int capture(struct captured *captured)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(4660)};
	__u32 key = 0;

	if (new_file(captured))
		return -1;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	memcpy(captured->bytes, &to, sizeof(to));
	if (bpf_map_update_elem(map, &key, captured, BPF_ANY) ||
	    bpf_prog_test_run_opts(program, &options))
		return -1;
	return bpf_map_lookup_elem(map, &key, captured);
}

static void of_file_open(const struct captured *real, struct arguments *arguments)
{
	*arguments = (struct arguments){.count = 1, .values = {real->file}};
}

static void of_socket_connect(const struct captured *real, struct arguments *arguments)
{
	*arguments = (struct arguments){.count = 3,
					.values = {0, real->address, sizeof(struct sockaddr_in)}};
}

static const struct {
	const char *hook;
	void (*fill)(const struct captured *real, struct arguments *arguments);
} hooks[] = {
	{"file_open", of_file_open},
	{"socket_connect", of_socket_connect},
};

int arguments_prepare(void)
{
	struct bpf_object *object =
		bpf_object__open_mem(capture_object, capture_object_end - capture_object, NULL);

	if (!object || bpf_object__load(object))
		return -1;
	program = bpf_program__fd(bpf_object__find_program_by_name(object, "capture"));
	map = bpf_object__find_map_fd_by_name(object, "captured");
	return program < 0 || map < 0 ? -1 : 0;
}

static int index_of(const char *hook)
{
	for (size_t i = 0; i < sizeof(hooks) / sizeof(*hooks); i++)
		if (!strcmp(hooks[i].hook, hook))
			return i;
	return -1;
}

bool arguments_known(const char *hook)
{
	return index_of(hook) >= 0;
}

int arguments_of(const char *hook, bool real, struct arguments *arguments)
{
	struct captured captured = {0};
	int index = index_of(hook);

	if (index < 0 || (real && capture(&captured)))
		return -1;
	hooks[index].fill(&captured, arguments);
	return 0;
}
