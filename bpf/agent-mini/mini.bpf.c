// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * The object of mini-guard: two rules, three hooks. Written apart from the enforcement object on
 * purpose, so that the harness meets an agent that only shares the contract with it.
 */
#include <linux/types.h>

/* Only what is read, by name; libbpf finds the offsets. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct super_block {
	__u32 s_dev;
};
struct inode {
	unsigned long i_ino;
	struct super_block *i_sb;
};
struct file {
	struct inode *f_inode;
};
struct sock_common {
	__u16 skc_num;
};
struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
};
struct socket {
	struct sock *sk;
};
struct task_struct {
	struct task_struct *group_leader;
	struct task_struct *real_parent;
	int tgid;
	__u64 start_boottime;
};
#pragma clang attribute pop

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#include "mini.h"

#define INET     2
#define INET6    10
#define MAY_OPEN 0x20
#define REFUSED  (-1)

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile struct mini_settings settings = {};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, struct mini_file);
	__type(value, __u8);
} files SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, __u32);
	__type(value, __u8);
} addresses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} records SEC(".maps");

struct in_address {
	__u16 family;
	__u16 port;
	__u32 ip;
};

struct in6_address {
	__u16 family;
	__u16 port;
	__u32 flow;
	__u32 ip[4];
};

static __always_inline void tell(const struct mini_record *what)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);
	struct mini_record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);

	if (!record)
		return;
	__builtin_memcpy(record, what, sizeof(*record));
	record->pid = bpf_get_current_pid_tgid() >> 32;
	record->ppid = BPF_CORE_READ(leader, real_parent, tgid);
	record->denied = settings.enforce;
	record->start_ns = BPF_CORE_READ(leader, start_boottime);
	record->cgroup = bpf_get_current_cgroup_id();
	bpf_get_current_comm(record->comm, sizeof(record->comm));
	bpf_ringbuf_submit(record, 0);
}

/* Opaque to the compiler: some kernels want a plain constant at the exit of an LSM program. */
static __always_inline int answer(int matched)
{
	int refused = REFUSED;

	asm volatile("" : "+r"(refused));
	if (matched && settings.enforce)
		return refused;
	return 0;
}

static __noinline int match_inode(struct inode *inode)
{
	struct mini_record record = {.kind = MINI_FILE};

	record.file.ino = BPF_CORE_READ(inode, i_ino);
	record.file.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	if (!bpf_map_lookup_elem(&files, &record.file))
		return 0;
	tell(&record);
	return 1;
}

SEC("lsm/file_open")
int BPF_PROG(guard_open, struct file *file, int ret)
{
	if (ret)
		return ret;
	return answer(match_inode(BPF_CORE_READ(file, f_inode)));
}

/* truncate(2) and access(2); opens are left to file_open, so that each is told once. */
SEC("lsm/inode_permission")
int BPF_PROG(guard_permission, struct inode *inode, int mask, int ret)
{
	if (ret)
		return ret;
	if (mask & MAY_OPEN)
		return 0;
	return answer(match_inode(inode));
}

/* ::ffff:a.b.c.d is the IPv4 address too. False: an address no rule can be about. */
static __always_inline int destination(const void *address, int len, struct mini_record *record)
{
	struct in6_address six = {};
	struct in_address four = {};

	if (len < 16 || bpf_probe_read_kernel(&four, sizeof(four), address))
		return 0;
	record->port = bpf_ntohs(four.port);
	record->ip = four.ip;
	if (four.family == INET)
		return 1;
	if (four.family != INET6 || len < 24 || bpf_probe_read_kernel(&six, 24, address))
		return 0;
	record->ip = six.ip[3];
	return !six.ip[0] && !six.ip[1] && six.ip[2] == bpf_htonl(0xffff);
}

SEC("lsm/socket_connect")
int BPF_PROG(guard_connect, struct socket *socket, void *address, int len, int ret)
{
	struct mini_record record = {.kind = MINI_CONNECT};
	struct sock *sk;

	if (ret)
		return ret;
	if (!destination(address, len, &record) || !bpf_map_lookup_elem(&addresses, &record.ip))
		return 0;
	sk = BPF_CORE_READ(socket, sk);
	record.protocol = BPF_CORE_READ(sk, sk_protocol);
	record.local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	tell(&record);
	return answer(1);
}
