// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Reads the change time where the inode had it until 6.5. */
#include "variants/variant.h"

struct timespec64 {
	__s64 tv_sec;
	long tv_nsec;
} __attribute__((preserve_access_index));

struct inode {
	struct timespec64 i_ctime;
} __attribute__((preserve_access_index));

struct file {
	struct inode *f_inode;
} __attribute__((preserve_access_index));

__s64 newest;

SEC("lsm/file_open")
int BPF_PROG(changed, struct file *file)
{
	__s64 changed_at = BPF_CORE_READ(file, f_inode, i_ctime.tv_sec);

	if (changed_at > newest)
		newest = changed_at;
	return 0;
}
