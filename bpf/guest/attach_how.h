/* SPDX-License-Identifier: Apache-2.0 */
/* Ways to attach a program at a place of our own; each as struct attach_kind wants it. */
#ifndef BPMX_ATTACH_HOW_H
#define BPMX_ATTACH_HOW_H

#include "attach_kind.h"

#define ATTACH_HOW(name) int name(const struct bpf_program *prog, int place, struct hold *hold)

/* By a link to a device or a descriptor, as the program's own attach type says. */
ATTACH_HOW(attach_link);
ATTACH_HOW(attach_xdp);
ATTACH_HOW(attach_netfilter);
/* By an entry of a map that is gone with the descriptor. */
ATTACH_HOW(attach_devmap);
ATTACH_HOW(attach_cpumap);
ATTACH_HOW(attach_sockmap);
/* By a filter behind a clsact qdisc; where tc has none, by tcx. */
ATTACH_HOW(attach_tc);
ATTACH_HOW(attach_socket);
ATTACH_HOW(attach_clock);
ATTACH_HOW(attach_iter_hash);
ATTACH_HOW(attach_iter_sockhash);
ATTACH_HOW(attach_iter_cgroup);

#endif
