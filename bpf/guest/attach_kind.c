// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <unistd.h>

#include "attach_kind.h"
#include "attach_how.h"

static const char *const in_cgroup = "a cgroup of its own";
static const char *const in_netns = "a network namespace of its own";

static const struct attach_kind kinds[] = {
	{BPF_PROG_TYPE_XDP, BPF_XDP_DEVMAP, PLACE_DEVICE, attach_devmap, "an entry of a devmap"},
	{BPF_PROG_TYPE_XDP, BPF_XDP_CPUMAP, PLACE_NONE, attach_cpumap, "an entry of a cpumap"},
	{BPF_PROG_TYPE_XDP, ANY_ATTACH_TYPE, PLACE_DEVICE, attach_xdp, "xdp of a dummy device"},
	{BPF_PROG_TYPE_SCHED_CLS, BPF_TCX_INGRESS, PLACE_TC, attach_link,
	 "tcx ingress of a dummy device"},
	{BPF_PROG_TYPE_SCHED_CLS, BPF_TCX_EGRESS, PLACE_TC, attach_link,
	 "tcx egress of a dummy device"},
	{BPF_PROG_TYPE_SCHED_CLS, BPF_NETKIT_PRIMARY, PLACE_NETKIT, attach_link,
	 "the primary of a netkit pair"},
	{BPF_PROG_TYPE_SCHED_CLS, BPF_NETKIT_PEER, PLACE_NETKIT, attach_link,
	 "the peer of a netkit pair"},
	{BPF_PROG_TYPE_SCHED_CLS, ANY_ATTACH_TYPE, PLACE_TC, attach_tc,
	 "tc ingress of a dummy device"},
	{BPF_PROG_TYPE_CGROUP_SKB, ANY_ATTACH_TYPE, PLACE_CGROUP, attach_link, in_cgroup},
	{BPF_PROG_TYPE_CGROUP_SOCK, ANY_ATTACH_TYPE, PLACE_CGROUP, attach_link, in_cgroup},
	{BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ANY_ATTACH_TYPE, PLACE_CGROUP, attach_link, in_cgroup},
	{BPF_PROG_TYPE_CGROUP_SOCKOPT, ANY_ATTACH_TYPE, PLACE_CGROUP, attach_link, in_cgroup},
	{BPF_PROG_TYPE_CGROUP_DEVICE, ANY_ATTACH_TYPE, PLACE_CGROUP, attach_link, in_cgroup},
	{BPF_PROG_TYPE_CGROUP_SYSCTL, ANY_ATTACH_TYPE, PLACE_CGROUP, attach_link, in_cgroup},
	{BPF_PROG_TYPE_SOCK_OPS, ANY_ATTACH_TYPE, PLACE_CGROUP, attach_link, in_cgroup},
	{BPF_PROG_TYPE_LSM, BPF_LSM_CGROUP, PLACE_CGROUP, attach_link, in_cgroup},
	{BPF_PROG_TYPE_SK_LOOKUP, ANY_ATTACH_TYPE, PLACE_NETNS, attach_link, in_netns},
	{BPF_PROG_TYPE_FLOW_DISSECTOR, ANY_ATTACH_TYPE, PLACE_NETNS, attach_link, in_netns},
	{BPF_PROG_TYPE_NETFILTER, ANY_ATTACH_TYPE, PLACE_NETNS, attach_netfilter,
	 "IPv4 local-in of a network namespace of its own"},
	{BPF_PROG_TYPE_SK_MSG, ANY_ATTACH_TYPE, PLACE_NONE, attach_sockmap, "a socket map"},
	{BPF_PROG_TYPE_SK_SKB, ANY_ATTACH_TYPE, PLACE_NONE, attach_sockmap, "a socket map"},
	{BPF_PROG_TYPE_SOCKET_FILTER, ANY_ATTACH_TYPE, PLACE_NONE, attach_socket, "a UDP socket"},
	{BPF_PROG_TYPE_SK_REUSEPORT, ANY_ATTACH_TYPE, PLACE_NONE, attach_socket, "a UDP socket"},
	{BPF_PROG_TYPE_PERF_EVENT, ANY_ATTACH_TYPE, PLACE_NONE, attach_clock, "a CPU clock event"},
	{BPF_PROG_TYPE_SCHED_ACT, ANY_ATTACH_TYPE, PLACE_NONE, NULL,
	 "an action is attached by tc and act_bpf, which libbpf does not do"},
	{BPF_PROG_TYPE_LWT_IN, ANY_ATTACH_TYPE, PLACE_NONE, NULL,
	 "it belongs to a route, which its own loader makes"},
	{BPF_PROG_TYPE_LWT_OUT, ANY_ATTACH_TYPE, PLACE_NONE, NULL,
	 "it belongs to a route, which its own loader makes"},
	{BPF_PROG_TYPE_LWT_XMIT, ANY_ATTACH_TYPE, PLACE_NONE, NULL,
	 "it belongs to a route, which its own loader makes"},
	{BPF_PROG_TYPE_LWT_SEG6LOCAL, ANY_ATTACH_TYPE, PLACE_NONE, NULL,
	 "it belongs to a route, which its own loader makes"},
	{BPF_PROG_TYPE_LIRC_MODE2, ANY_ATTACH_TYPE, PLACE_NONE, NULL,
	 "it belongs to an infrared receiver, which a virtual machine does not have"},
	{BPF_PROG_TYPE_SYSCALL, ANY_ATTACH_TYPE, PLACE_NONE, NULL,
	 "a program of this type is run, not attached"},
};

/* Iterators over something that has to be named. */
struct iterator {
	const char *target;
	struct attach_kind kind;
};

static const struct iterator iterators[] = {
	{"bpf_map_elem",
	 {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, PLACE_NONE, attach_iter_hash, "a hash map"}},
	{"sockmap",
	 {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, PLACE_NONE, attach_iter_sockhash, "a socket map"}},
	{"cgroup",
	 {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, PLACE_CGROUP, attach_iter_cgroup, in_cgroup}},
	{"bpf_sk_storage_map",
	 {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, PLACE_NONE, NULL,
	  "it goes through a map that its own loader names"}},
};

static const struct attach_kind *iterator_of(const char *section)
{
	const char *slash = strchr(section, '/');

	for (size_t i = 0; slash && i < sizeof(iterators) / sizeof(iterators[0]); i++) {
		if (!strcmp(slash + 1, iterators[i].target))
			return &iterators[i].kind;
	}
	return NULL;
}

const struct attach_kind *attach_kind_of(const struct bpf_program *prog)
{
	enum bpf_prog_type type = bpf_program__type(prog);
	int attach_type = bpf_program__expected_attach_type(prog);
	const char *section = bpf_program__section_name(prog);

	if (type == BPF_PROG_TYPE_TRACING && attach_type == BPF_TRACE_ITER)
		return iterator_of(section);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (kinds[i].type == type && (kinds[i].attach_type == ANY_ATTACH_TYPE ||
					      kinds[i].attach_type == attach_type))
			return &kinds[i];
	}
	return NULL;
}
