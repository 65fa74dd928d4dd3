/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_CGROUP_H
#define PROBE_CGROUP_H

/* Moves this process into a cgroup below /sys/fs/cgroup, made when it is missing; or does not
 * return. */
void enter_cgroup(const char *path);

#endif
