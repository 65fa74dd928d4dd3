// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Says no with 1, where an LSM program has to say it with a negative errno. */
#include "variants/variant.h"

struct file {
	unsigned int f_flags;
} __attribute__((preserve_access_index));

#define O_WRONLY 1

SEC("lsm/file_open")
int BPF_PROG(no_writers, struct file *file)
{
	unsigned int flags = file->f_flags;

	if (flags & O_WRONLY)
		return 1;
	return 0;
}
