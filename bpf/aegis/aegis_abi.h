/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * What the object in the kernel and the agent in user space exchange. Both sides include
 * this file and both assert its layout: fixed-width types, every padding byte named, no member that
 * one compiler could place elsewhere.
 */
#ifndef AEGIS_ABI_H
#define AEGIS_ABI_H

#include <linux/types.h>

#define AEGIS_COMM_LEN 16
/* Longest path in a rule or an event, with its NUL. It is a hash key on the BPF stack, which has
 * 512 bytes. */
#define AEGIS_PATH_LEN 256

/* Index 0 of the array map `agent_config`. All bytes zero: enforce with no rule, which denies
 * nothing. */
struct agent_config {
	__u8 audit_only;
	__u8 deadman_enabled;
	__u8 break_glass_active;
	__u8 enforce_signal; /* 0, or the signal number: 2, 9, 15 */
	__u8 emergency_disable;
	__u8 file_policy_empty;
	__u8 net_policy_empty;
	__u8 exec_identity_flags;  /* reserved by the contract, 0 */
	__u64 deadman_deadline_ns; /* CLOCK_BOOTTIME */
	__u32 deadman_ttl_s;
	__u32 event_sample_rate; /* 1 in N audit events is reported; 0 and 1: all of them */
	__u32 kill_threshold;    /* violations before KILL; 0 means the first */
	__u32 kill_window_s;
	__u64 policy_generation;
	__u8 deadman_fail_static; /* past the deadline: 1 keeps enforcing, 0 only audits */
	__u8 deny_ptrace;
	__u8 deny_module_load;
	__u8 deny_bpf;
	__u8 signal_fallback_enforce; /* the tracepoints signal; otherwise they only report */
	__u8 reserved[3];
};

/* Settled before the object is loaded; the whole of the section `.rodata.knobs`. */
struct aegis_knobs {
	/* Thread group of the agent in the initial PID namespace: it must go on using bpf(2) while
	 * nobody else may. */
	__u32 agent_tgid;
	/* The tracepoints judge because no LSM hook does; otherwise they would report every attempt
	 * a second time. */
	__u32 fallback_judges;
};

/* What a rule on an inode forbids. */
#define AEGIS_INODE_FILE 1u /* open, map, truncate, rename, unlink, link, copy up */
#define AEGIS_INODE_EXEC 2u /* execve, and mapping it executable */
/* The rule's path led nowhere when the policy was applied: it is matched by its string until it
 * does. */
#define AEGIS_PATH_PENDING 4u

/* Key of `deny_inode` and `survival`: the kernel's own dev (major << 20 | minor) and number. */
struct aegis_inode {
	__u64 ino;
	__u32 dev;
	__u32 pad;
};

/* Key of `deny_path` and `deny_exec_path`: a path, NUL-terminated, zero after the NUL. Aligned, so
 * that a BPF compiler copies it by words. */
struct aegis_path {
	char path[AEGIS_PATH_LEN];
} __attribute__((aligned(8)));

/* An address. IPv4 in the first four bytes, the rest zero; never IPv4-mapped. Network order. */
struct aegis_addr {
	__u32 family; /* AEGIS_AF_INET or AEGIS_AF_INET6 */
	__u8 addr[16];
};

#define AEGIS_AF_INET  2
#define AEGIS_AF_INET6 10

/* Key of `deny_cidr`, a longest-prefix trie. The family is a part of the prefix: prefixlen = 32 +
 * bits. */
struct aegis_cidr {
	__u32 prefixlen;
	struct aegis_addr addr;
};

/* Key of `deny_ip_port`. Port in host order. */
struct aegis_ip_port {
	struct aegis_addr addr;
	__u16 port;
	__u16 pad;
};

/* Key of `deny_port`. A rule `any` is stored once for each protocol below, a rule `both` once for
 * each way. */
struct aegis_port {
	__u16 port;    /* host order */
	__u8 protocol; /* 6, 17, or 0 for every other one */
	__u8 way;      /* enum aegis_way */
};

enum aegis_way {
	AEGIS_WAY_EGRESS = 1,
	AEGIS_WAY_BIND = 2,
};

/* What was asked of the network. */
enum aegis_direction {
	AEGIS_EGRESS = 1,
	AEGIS_BIND = 2,
	AEGIS_LISTEN = 3,
	AEGIS_ACCEPT = 4,
	AEGIS_SEND = 5,
	AEGIS_RECV = 6,
};

enum aegis_rule {
	AEGIS_RULE_NONE = 0,
	AEGIS_RULE_IP = 1,
	AEGIS_RULE_CIDR = 2,
	AEGIS_RULE_IP_PORT = 3,
	AEGIS_RULE_PORT = 4,
	AEGIS_RULE_INODE = 5,
	AEGIS_RULE_PATH = 6,
	AEGIS_RULE_EXEC = 7,
	AEGIS_RULE_PTRACE = 8,
	AEGIS_RULE_MODULE_LOAD = 9,
	AEGIS_RULE_BPF = 10,
};

/* What was really done: a signal that could not be sent is not reported as sent. */
enum aegis_action {
	AEGIS_ACTION_ALLOW = 0,
	AEGIS_ACTION_AUDIT = 1,
	AEGIS_ACTION_BLOCK = 2,
	AEGIS_ACTION_TERM = 3,
	AEGIS_ACTION_INT = 4,
	AEGIS_ACTION_KILL = 5,
};

enum aegis_event_type {
	AEGIS_EVENT_BLOCK = 1,
	AEGIS_EVENT_EXEC = 2,
	AEGIS_EVENT_NET = 3,
};

/* How every record of the ring buffer `events` begins. */
struct aegis_event {
	__u32 type; /* enum aegis_event_type; it decides the record's size */
	__u32 pid;  /* thread group, as the initial PID namespace counts */
	__u32 ppid;
	__u8 action; /* enum aegis_action */
	__u8 rule;   /* enum aegis_rule */
	__u16 pad;
	__u64 start_time; /* of the thread group leader, ns since boot; with pid it names a process
			     for ever */
	__u64 cgid;
	char comm[AEGIS_COMM_LEN];
};

/* A file, exec, ptrace, module or bpf rule matched. */
struct aegis_block_event {
	struct aegis_event head;
	__u64 ino; /* 0 where there is no inode */
	__u32 dev;
	__u32 target_pid;          /* of a ptrace rule */
	char path[AEGIS_PATH_LEN]; /* as user space passed it; empty on the LSM side */
};

struct aegis_exec_event {
	struct aegis_event head;
	char path[AEGIS_PATH_LEN];
};

struct aegis_net_event {
	struct aegis_event head;
	struct aegis_addr remote; /* family set, address zero where there is none (bind, listen) */
	__u16 remote_port;        /* host order */
	__u16 local_port;
	__u8 protocol;
	__u8 direction; /* enum aegis_direction */
	__u8 pad[6];
};

#define AEGIS_ASSERT_SIZE(type, size)                                                              \
	_Static_assert(sizeof(type) == (size), #type " changed its size")
#define AEGIS_ASSERT_AT(type, member, offset)                                                      \
	_Static_assert(__builtin_offsetof(type, member) == (offset), #type "." #member " moved")

AEGIS_ASSERT_SIZE(struct agent_config, 48);
AEGIS_ASSERT_AT(struct agent_config, enforce_signal, 3);
AEGIS_ASSERT_AT(struct agent_config, exec_identity_flags, 7);
AEGIS_ASSERT_AT(struct agent_config, deadman_deadline_ns, 8);
AEGIS_ASSERT_AT(struct agent_config, deadman_ttl_s, 16);
AEGIS_ASSERT_AT(struct agent_config, event_sample_rate, 20);
AEGIS_ASSERT_AT(struct agent_config, kill_threshold, 24);
AEGIS_ASSERT_AT(struct agent_config, kill_window_s, 28);
AEGIS_ASSERT_AT(struct agent_config, policy_generation, 32);
AEGIS_ASSERT_AT(struct agent_config, deadman_fail_static, 40);
AEGIS_ASSERT_AT(struct agent_config, signal_fallback_enforce, 44);
AEGIS_ASSERT_SIZE(struct aegis_knobs, 8);
AEGIS_ASSERT_SIZE(struct aegis_inode, 16);
AEGIS_ASSERT_AT(struct aegis_inode, dev, 8);
AEGIS_ASSERT_SIZE(struct aegis_path, 256);
AEGIS_ASSERT_SIZE(struct aegis_addr, 20);
AEGIS_ASSERT_AT(struct aegis_addr, addr, 4);
AEGIS_ASSERT_SIZE(struct aegis_cidr, 24);
AEGIS_ASSERT_SIZE(struct aegis_ip_port, 24);
AEGIS_ASSERT_AT(struct aegis_ip_port, port, 20);
AEGIS_ASSERT_SIZE(struct aegis_port, 4);
AEGIS_ASSERT_SIZE(struct aegis_event, 48);
AEGIS_ASSERT_AT(struct aegis_event, action, 12);
AEGIS_ASSERT_AT(struct aegis_event, start_time, 16);
AEGIS_ASSERT_AT(struct aegis_event, cgid, 24);
AEGIS_ASSERT_AT(struct aegis_event, comm, 32);
AEGIS_ASSERT_SIZE(struct aegis_block_event, 320);
AEGIS_ASSERT_AT(struct aegis_block_event, ino, 48);
AEGIS_ASSERT_AT(struct aegis_block_event, target_pid, 60);
AEGIS_ASSERT_AT(struct aegis_block_event, path, 64);
AEGIS_ASSERT_SIZE(struct aegis_exec_event, 304);
AEGIS_ASSERT_AT(struct aegis_exec_event, path, 48);
AEGIS_ASSERT_SIZE(struct aegis_net_event, 80);
AEGIS_ASSERT_AT(struct aegis_net_event, remote_port, 68);
AEGIS_ASSERT_AT(struct aegis_net_event, protocol, 72);

#endif
