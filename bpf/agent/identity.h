/* SPDX-License-Identifier: Apache-2.0 */
/* From names to what the kernel compares: inodes, cgroups, the agent itself. */
#ifndef AGENT_IDENTITY_H
#define AGENT_IDENTITY_H

#include <stdbool.h>

#include "aegis/aegis_abi.h"
#include "event.h"

enum identity_follow {
	IDENTITY_FOLLOW, /* symlinks are the administrator's, at the time the policy is applied */
	IDENTITY_NO_SYMLINKS, /* later they may be anyone's: a rule must not be led to another file
			       */
};

/*
 * The kernel's own name of the file at `path`: the superblock's device and the inode number.
 * stat(2) does not have it on an overlay or on btrfs, so it is read from /proc/self/fdinfo
 * (since 5.14) and mountinfo. 0 or -errno. On an overlay
 * `*pin` gets a descriptor to keep: without it the inode may be dropped from memory and come back
 * under another number; -1 elsewhere.
 */
int identity_of_file(const char *path, enum identity_follow follow, struct aegis_inode *inode,
		     int *pin);

/* The id of a cgroup: a number, a path, or a path below /sys/fs/cgroup. 0 or -errno. */
int identity_of_cgroup(const char *text, __u64 *id);

/* Who this process is, for its own events. */
void identity_of_self(struct event_self *self);

#endif
