/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* What the programs in the kernel and mini-guard exchange. */
#ifndef MINI_H
#define MINI_H

#include <linux/types.h>

struct mini_file {
	__u64 ino;
	__u32 dev; /* major << 20 | minor */
	__u32 zero;
};

/* Network order. IPv4 is ::ffff:a.b.c.d, so that each address has one form only. */
struct mini_address {
	__u32 word[4];
};

/* Of a process; zeros behind it. */
struct mini_name {
	char text[16];
};

struct mini_config {
	__u32 enforce; /* 0: observe */
};

enum mini_kind {
	MINI_FILE,
	MINI_CONNECT,
	MINI_SEND,
	MINI_RECV,
	MINI_ACCEPT,
	MINI_PROCESS_OPEN,
	MINI_PROCESS_CONNECT,
	MINI_KINDS,
};

struct mini_record {
	__u32 kind;
	__u32 pid;
	__u32 ppid;
	__u32 denied;
	__u64 start_ns; /* since boot */
	__u64 cgroup;
	char comm[16];
	struct mini_file file;
	struct mini_address remote;
	__u16 remote_port;
	__u16 local_port;
	__u32 protocol;
};
_Static_assert(sizeof(struct mini_record) == 88, "the layout of both sides");

#endif
