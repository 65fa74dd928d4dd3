/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* What the programs in the kernel and lsmaudit say to each other. */
#ifndef LSMAUDIT_H
#define LSMAUDIT_H

#include <linux/types.h>

#define AUDIT_COMM_LEN 16
#define AUDIT_NAME_LEN 256 /* NAME_MAX and a NUL */

/* The address families of the records, whatever a libc calls them. */
#define AUDIT_INET  2
#define AUDIT_INET6 10

enum audit_type {
	AUDIT_CONNECT = 1,
	AUDIT_OPEN,
};

enum audit_mode {
	AUDIT_READ = 1,
	AUDIT_WRITE = 2,
};

/* Every record begins so. */
struct audit_head {
	__u32 type;
	__u32 pid; /* of the process, not of its thread */
	char comm[AUDIT_COMM_LEN];
};

struct audit_connect {
	struct audit_head head;
	__u32 family;
	__u16 port; /* in the host's order */
	__u16 pad;
	__u8 address[16]; /* IPv4: the first four bytes */
};
_Static_assert(sizeof(struct audit_connect) == 48, "the layout of both sides");

struct audit_open {
	struct audit_head head;
	__u32 mode; /* audit_mode, both for rw */
	char name[AUDIT_NAME_LEN];
	__u32 pad;
};
_Static_assert(sizeof(struct audit_open) == 288, "the layout of both sides");

/* Indexes of the map `lost`: how often something was not reported, since the start. */
enum audit_lost {
	LOST_RING,   /* the ring buffer was full */
	LOST_READ,   /* a name or an address could not be read */
	LOST_FAMILY, /* a child could not be followed: the map of traced processes was full */
	LOST_KINDS,
};

/* A value of the map `traced`, by pid: when the process came to be traced, in ns. With the pid it
 * names a process that a later one of the same pid is not taken for. */
struct audit_traced {
	__u64 since;
};

#endif
