/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* deny_path: a path is an inode once the policy has been applied. */
#ifndef MINI_FILE_BPF_H
#define MINI_FILE_BPF_H

#include "process.bpf.h"

#define MAY_OPEN 0x20

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, struct mini_file);
	__type(value, __u8);
} files SEC(".maps");

static __noinline int match_inode(struct inode *inode)
{
	struct mini_record record = {.kind = MINI_FILE};

	record.file.ino = BPF_CORE_READ(inode, i_ino);
	record.file.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	if (!bpf_map_lookup_elem(&files, &record.file))
		return 0;
	send_record(&record);
	return 1;
}

SEC("lsm/file_open")
int BPF_PROG(guard_open, struct file *file, int ret)
{
	if (ret)
		return ret;
	return answer(match_process(MINI_PROCESS_OPEN) ||
		      match_inode(BPF_CORE_READ(file, f_inode)));
}

/* truncate(2), access(2) and walking through a folder; opens are left to file_open, so that each is
 * reported once. */
SEC("lsm/inode_permission")
int BPF_PROG(guard_permission, struct inode *inode, int mask, int ret)
{
	if (ret)
		return ret;
	if (mask & MAY_OPEN)
		return 0;
	return answer(match_inode(inode));
}

SEC("lsm/inode_rename")
int BPF_PROG(guard_rename, struct inode *old_dir, struct dentry *from, struct inode *new_dir,
	     struct dentry *over, int ret)
{
	if (ret)
		return ret;
	return answer(match_inode(BPF_CORE_READ(from, d_inode)) ||
		      match_inode(BPF_CORE_READ(over, d_inode)));
}

SEC("lsm/inode_unlink")
int BPF_PROG(guard_unlink, struct inode *dir, struct dentry *dentry, int ret)
{
	if (ret)
		return ret;
	return answer(match_inode(BPF_CORE_READ(dentry, d_inode)));
}

SEC("lsm/inode_link")
int BPF_PROG(guard_link, struct dentry *from, struct inode *dir, struct dentry *to, int ret)
{
	if (ret)
		return ret;
	return answer(match_inode(BPF_CORE_READ(from, d_inode)));
}

/* chmod(2) and its like on an overlay make a copy, which would be a file that no rule knows. */
SEC("lsm/inode_copy_up")
int BPF_PROG(guard_copy_up, struct dentry *from, struct cred **new, int ret)
{
	if (ret)
		return ret;
	return answer(match_inode(BPF_CORE_READ(from, d_inode)));
}

#endif
