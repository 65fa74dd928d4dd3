/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* What the program in the kernel and mini-guard say to each other. */
#ifndef MINI_H
#define MINI_H

#include <linux/types.h>

struct mini_file {
	__u64 ino;
	__u32 dev; /* major << 20 | minor */
	__u32 zero;
};

struct mini_settings {
	__u32 enforce; /* 0: observe */
};

enum mini_kind {
	MINI_FILE = 1,
	MINI_CONNECT = 2,
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
	__u32 ip; /* network order */
	__u16 port;
	__u16 local_port;
	__u32 protocol;
	__u32 zero;
};
_Static_assert(sizeof(struct mini_record) == 80, "the layout of both sides");

#endif
