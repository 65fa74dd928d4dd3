/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Only what is read, by name; libbpf finds the offsets. */
#ifndef MINI_KERNEL_BPF_H
#define MINI_KERNEL_BPF_H

#include <linux/types.h>

struct cred;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct super_block {
	__u32 s_dev;
};
struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
};
struct dentry {
	struct inode *d_inode;
};
struct file {
	struct inode *f_inode;
};
struct in6_addr {
	union {
		__u32 u6_addr32[4];
	} in6_u;
};
struct sock_common {
	__u32 skc_daddr;
	__u16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
};
struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
};
struct request_sock {
	struct sock *sk;
};
struct request_sock_queue {
	struct request_sock *rskq_accept_head;
};
struct inet_connection_sock {
	struct request_sock_queue icsk_accept_queue;
};
struct socket {
	struct sock *sk;
};
struct msghdr {
	void *msg_name;
	int msg_namelen;
};
struct task_struct {
	struct task_struct *group_leader;
	struct task_struct *real_parent;
	int tgid;
	__u64 start_boottime;
};
#pragma clang attribute pop

#endif
