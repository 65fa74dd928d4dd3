// SPDX-License-Identifier: Apache-2.0
/* pin OBJECT: attaches every program of it, and leaves them attached in /sys/fs/bpf. */
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

static int fail(const char *what, const char *name, int err)
{
	fprintf(stderr, "pin: %s %s: %s\n", what, name, strerror(-err));
	return 1;
}

static int pin(struct bpf_program *prog)
{
	const char *name = bpf_program__name(prog);
	struct bpf_link *link = bpf_program__attach(prog);
	char path[256];
	int err = libbpf_get_error(link);

	if (err)
		return fail("attach", name, err);
	snprintf(path, sizeof(path), "/sys/fs/bpf/%s", name);
	err = bpf_link__pin(link, path);
	return err ? fail("pin", path, err) : 0;
}

int main(int argc, char **argv)
{
	struct bpf_object *object;
	struct bpf_program *prog;
	int err;

	if (argc != 2) {
		fprintf(stderr, "usage: pin OBJECT\n");
		return 2;
	}
	object = bpf_object__open_file(argv[1], NULL);
	err = libbpf_get_error(object);
	if (err)
		return fail("open", argv[1], err);
	err = bpf_object__load(object);
	if (err)
		return fail("load", argv[1], err);
	bpf_object__for_each_program (prog, object) {
		if (pin(prog))
			return 1;
	}
	return 0;
}
