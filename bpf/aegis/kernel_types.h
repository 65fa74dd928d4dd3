/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * The few kernel structures the object reads, each cut down to the members it reads. Offsets come
 * from the running kernel's BTF (CO-RE), so order and size here mean nothing; names and the shape
 * of nesting do.
 */
#ifndef AEGIS_KERNEL_TYPES_H
#define AEGIS_KERNEL_TYPES_H

#include <linux/bpf.h>
#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	__u32 s_dev;
};

struct inode {
	__u16 i_mode;
	unsigned long i_ino;
	struct super_block *i_sb;
};

struct dentry {
	struct inode *d_inode;
};

struct vfsmount;

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct mm_struct {
	struct file *exe_file;
};

struct task_struct {
	int pid;
	int tgid;
	struct task_struct *group_leader;
	struct task_struct *real_parent;
	__u64 start_boottime;
	struct files_struct *files;
	struct mm_struct *mm;
};

struct linux_binprm {
	struct file *file;
};

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
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

struct trace_event_raw_sys_enter {
	long id;
	unsigned long args[6];
};

struct trace_event_raw_sys_exit {
	long id;
	long ret;
};

struct trace_event_raw_sched_process_fork {
	int parent_pid;
	int child_pid;
};

#pragma clang attribute pop

/* What sendmsg(2) gets from user space: UAPI, the same on every 64-bit kernel. */
struct user_msghdr {
	void *msg_name;
	int msg_namelen;
};

struct sockaddr;
struct cred;

#define AF_UNSPEC 0
#define EPERM     1

#define S_IFMT   0170000
#define S_IFSOCK 0140000

#define PROT_EXEC 0x4

/* The last check before an open; file_open decides it. */
#define MAY_OPEN 0x20

#define PTRACE_MODE_ATTACH 0x2

/*
 * A function that the verifier takes for itself: once, with arguments of which it knows the types
 * alone, and with an unknown scalar as its result (51c39bb1d5d1 "bpf: Introduce
 * function-by-function verification", v5.6; pointers to memory since e5069b9c23b3, v5.12). A static
 * function is walked again for each state of a caller. A pointer may be NULL as far as the function
 * knows, so each is tested.
 */
#define GLOBAL __attribute__((noinline))

#endif
