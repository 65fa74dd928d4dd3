// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "insns.h"
#include "out.h"

int insns_write(const char *path, const union bpf_attr *attr)
{
	const void *insns = (const void *)(uintptr_t)attr->insns;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	int err =
		write_all(fd, insns, (size_t)attr->insn_cnt * sizeof(struct bpf_insn)) ? errno : 0;

	close(fd);
	return err;
}
