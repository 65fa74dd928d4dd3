// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kernel_btf.h"

struct btf *__real_btf__load_vmlinux_btf(void);
struct btf *__wrap_btf__load_vmlinux_btf(void);
void __real_btf__free(struct btf *btf);
void __wrap_btf__free(struct btf *btf);

static struct {
	struct file_hash hash;
	bool is_hashed;
	/* NULL: libbpf has to parse it. */
	struct btf *parsed;
} known;

static int hash_descriptor(int fd, struct file_hash *hash)
{
	uint8_t part[16384];
	struct sha256 sha;
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st))
		return errno;
	/* A device need not have an end. */
	if (!S_ISREG(st.st_mode))
		return EINVAL;
	sha256_init(&sha);
	while ((got = read(fd, part, sizeof(part))) != 0) {
		if (got < 0 && errno != EINTR)
			return errno;
		if (got > 0)
			sha256_update(&sha, part, got);
	}
	hash->size = sha.length;
	sha256_final(&sha, hash->digest);
	return 0;
}

int hash_file(const char *path, struct file_hash *hash)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return errno;
	int err = hash_descriptor(fd, hash);

	close(fd);
	return err;
}

void kernel_btf_prepare(void)
{
	if (!known.is_hashed)
		known.is_hashed = !hash_file(KERNEL_BTF_PATH, &known.hash);
	if (!known.parsed) {
		struct btf *btf = __real_btf__load_vmlinux_btf();

		known.parsed = libbpf_get_error(btf) ? NULL : btf;
	}
}

const struct file_hash *kernel_btf_hash(void)
{
	return known.is_hashed ? &known.hash : NULL;
}

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	return known.parsed ? known.parsed : __real_btf__load_vmlinux_btf();
}

void __wrap_btf__free(struct btf *btf)
{
	if (!btf || btf != known.parsed)
		__real_btf__free(btf);
}
