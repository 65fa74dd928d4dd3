/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Only what is read, by name; libbpf finds the offsets. */
#ifndef LSMAUDIT_KERNEL_BPF_H
#define LSMAUDIT_KERNEL_BPF_H

#include <linux/types.h>

struct socket;
struct sockaddr;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct super_block {
	__u32 s_dev;
};
struct inode {
	unsigned long i_ino;
	__u32 i_generation;
	struct super_block *i_sb;
};
struct qstr {
	const unsigned char *name;
};
struct dentry {
	struct qstr d_name;
};
struct path {
	struct dentry *dentry;
};
struct file {
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
};
typedef struct {
	int counter;
} atomic_t;
struct signal_struct {
	atomic_t live;
};
struct task_struct {
	int tgid;
	struct signal_struct *signal;
};
#pragma clang attribute pop

#endif
