// SPDX-License-Identifier: Apache-2.0
/* Links, by the kernel's own interface: no version of libbpf has a part in them. */
#include <errno.h>
#include <stdint.h>
#include <unistd.h>

#include "attach_how.h"
#include "trace.h"

/* Of linux/netfilter.h, whose copy on a host includes more of it. */
#define NFPROTO_IPV4     2
#define NF_INET_LOCAL_IN 1
/* Neither first nor last, which the kernel keeps for itself. */
#define FILTER_PRIORITY (-128)

static int create_link(union bpf_attr *attr, struct hold *hold)
{
	hold->fd = raw_bpf(BPF_LINK_CREATE, attr, sizeof(*attr));
	return hold->fd < 0 ? errno : 0;
}

static union bpf_attr link_of(const struct bpf_program *prog, int target, int attach_type)
{
	union bpf_attr attr = {
		.link_create = {.prog_fd = bpf_program__fd(prog),
				.target_fd = target,
				.attach_type = attach_type},
	};

	return attr;
}

int attach_link(const struct bpf_program *prog, int place, struct hold *hold)
{
	union bpf_attr attr = link_of(prog, place, bpf_program__expected_attach_type(prog));

	return create_link(&attr, hold);
}

/* SEC("xdp") before 5.9 has no attach type, which is another name of this one. */
int attach_xdp(const struct bpf_program *prog, int place, struct hold *hold)
{
	union bpf_attr attr = link_of(prog, place, BPF_XDP);

	return create_link(&attr, hold);
}

int attach_netfilter(const struct bpf_program *prog, int place, struct hold *hold)
{
	/* The kernel takes one program for each priority. */
	static int taken;
	union bpf_attr attr = link_of(prog, 0, BPF_NETFILTER);

	(void)place;
	attr.link_create.netfilter.pf = NFPROTO_IPV4;
	attr.link_create.netfilter.hooknum = NF_INET_LOCAL_IN;
	attr.link_create.netfilter.priority = FILTER_PRIORITY + taken++;
	return create_link(&attr, hold);
}

static int attach_iterator(const struct bpf_program *prog, union bpf_iter_link_info *info,
			   struct hold *hold)
{
	union bpf_attr attr = link_of(prog, 0, BPF_TRACE_ITER);

	attr.link_create.iter_info = (uintptr_t)info;
	attr.link_create.iter_info_len = sizeof(*info);
	return create_link(&attr, hold);
}

/* What a program may read of key and value is bounded by the map's: as large as they may be. */
static int attach_map_iterator(const struct bpf_program *prog, enum bpf_map_type type,
			       uint32_t value_size, struct hold *hold)
{
	union bpf_attr map = {
		.map_type = type, .key_size = 512, .value_size = value_size, .max_entries = 1};
	int fd = raw_bpf(BPF_MAP_CREATE, &map, sizeof(map));
	union bpf_iter_link_info info = {.map = {.map_fd = fd}};
	int err = fd < 0 ? errno : attach_iterator(prog, &info, hold);

	/* The link holds the map. */
	if (fd >= 0)
		close(fd);
	return err;
}

int attach_iter_hash(const struct bpf_program *prog, int place, struct hold *hold)
{
	(void)place;
	return attach_map_iterator(prog, BPF_MAP_TYPE_HASH, 4096, hold);
}

int attach_iter_sockhash(const struct bpf_program *prog, int place, struct hold *hold)
{
	(void)place;
	return attach_map_iterator(prog, BPF_MAP_TYPE_SOCKHASH, 4, hold);
}

int attach_iter_cgroup(const struct bpf_program *prog, int place, struct hold *hold)
{
	union bpf_iter_link_info info = {
		.cgroup = {.order = BPF_CGROUP_ITER_SELF_ONLY, .cgroup_fd = place}};

	return attach_iterator(prog, &info, hold);
}
