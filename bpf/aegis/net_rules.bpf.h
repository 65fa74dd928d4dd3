/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Addresses out of sockets and sockaddrs, and the rules that match them. Shared by the LSM hooks
 * and the tracepoints. */
#ifndef AEGIS_NET_RULES_BPF_H
#define AEGIS_NET_RULES_BPF_H

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include "verdict.bpf.h"

#define IPPROTO_TCP   6
#define IPPROTO_UDP   17
#define IPPROTO_MPTCP 262

/* Smallest lengths the kernel itself accepts (struct sockaddr_in; SIN6_LEN_RFC2133, without the
 * scope id). */
#define SOCKADDR_IN_LEN  16
#define SOCKADDR_IN6_LEN 24

/* The first bytes of sockaddr_in and sockaddr_in6 as user space lays them out. */
struct sockaddr_prefix {
	__u16 family;
	__be16 port;
	__u8 v4[4];  /* sin_addr; sin6_flowinfo */
	__u8 v6[16]; /* sin6_addr */
};
_Static_assert(sizeof(struct sockaddr_prefix) == SOCKADDR_IN6_LEN,
	       "sockaddr_in6 up to its address");

/* One thing asked of the network, in the terms of the rules. Always zeroed first. */
struct flow {
	struct aegis_addr remote;
	__u16 remote_port; /* host order */
	__u16 local_port;  /* host order */
	__u8 protocol;     /* as the port rules see it */
	__u8 direction;
	__u16 origin; /* enum origin */
};

static __always_inline _Bool address_is_zero(const struct aegis_addr *addr)
{
	const __u32 *word = (const __u32 *)addr->addr;

	return !(word[0] | word[1] | word[2] | word[3]);
}

/* ::ffff:a.b.c.d reaches the IPv4 address a.b.c.d, so for the rules it is that address. */
static __always_inline void set_v6(struct aegis_addr *addr, const __u8 bytes[16])
{
	__u32 word[4];

	__builtin_memcpy(word, bytes, sizeof(word));
	if (!word[0] && !word[1] && word[2] == bpf_htonl(0xffff)) {
		addr->family = AEGIS_AF_INET;
		__builtin_memcpy(addr->addr, &word[3], 4);
		return;
	}
	addr->family = AEGIS_AF_INET6;
	__builtin_memcpy(addr->addr, word, sizeof(word));
}

/*
 * The unspecified address is not nowhere: Linux sends it to the socket's own bound address, or to
 * loopback. A rule on 127.0.0.1 would otherwise be walked around by connect(0.0.0.0).
 */
static __always_inline void resolve_unspecified(struct aegis_addr *addr, struct sock *sk)
{
	__be32 bound;

	if (!address_is_zero(addr))
		return;
	if (addr->family == AEGIS_AF_INET6) {
		struct in6_addr v6 = BPF_CORE_READ(sk, __sk_common.skc_v6_rcv_saddr);
		struct aegis_addr local = {};

		set_v6(&local, v6.in6_u.u6_addr8);
		if (local.family == AEGIS_AF_INET6) {
			addr->addr[15] = 1;
			return;
		}
		/* Bound to ::ffff:a.b.c.d: what leaves such a socket is IPv4, and so is its
		 * loopback. */
		addr->family = AEGIS_AF_INET;
		bound = bpf_htonl(0x7f000001);
		__builtin_memcpy(addr->addr, &bound, sizeof(bound));
		return;
	}
	bound = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
	if (!bound)
		bound = bpf_htonl(0x7f000001);
	__builtin_memcpy(addr->addr, &bound, sizeof(bound));
}

/* MPTCP is TCP to everyone but the kernel; a rule on tcp must not be walked around with socket(...,
 * 262). */
static __always_inline __u8 rule_protocol(__u16 protocol)
{
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_MPTCP)
		return IPPROTO_TCP;
	return protocol == IPPROTO_UDP ? IPPROTO_UDP : 0;
}

/* False: not an internet socket, nothing here applies to it. */
static __always_inline _Bool flow_from_socket(struct flow *flow, struct sock *sk, __u8 direction)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (family != AEGIS_AF_INET && family != AEGIS_AF_INET6)
		return 0;
	flow->remote.family = family;
	flow->protocol = rule_protocol(BPF_CORE_READ(sk, sk_protocol));
	flow->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	flow->direction = direction;
	return 1;
}

/* The connected peer. False when there is none. */
static __always_inline _Bool flow_peer(struct flow *flow, struct sock *sk)
{
	__be16 port = BPF_CORE_READ(sk, __sk_common.skc_dport);
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (!port)
		return 0;
	flow->remote_port = bpf_ntohs(port);
	if (family == AEGIS_AF_INET6) {
		struct in6_addr v6 = BPF_CORE_READ(sk, __sk_common.skc_v6_daddr);

		set_v6(&flow->remote, v6.in6_u.u6_addr8);
	} else {
		__be32 v4 = BPF_CORE_READ(sk, __sk_common.skc_daddr);

		__builtin_memcpy(flow->remote.addr, &v4, sizeof(v4));
	}
	return 1;
}

/*
 * A connected TCP socket ignores the address it is given to send to. Judging that address would let
 * a process name an allowed one and send to a denied peer.
 */
static __always_inline _Bool sends_to_peer(const struct flow *flow, struct sock *sk)
{
	return flow->protocol == IPPROTO_TCP && BPF_CORE_READ(sk, __sk_common.skc_dport) != 0;
}

/*
 * Takes the address of a sockaddr already copied into `from`, `len` bytes long by the caller's
 * account. False when the kernel will refuse it anyway (too short) or when it is no internet
 * address. AF_UNSPEC on an IPv4 socket counts as AF_INET: sendto(2) and bind(2) take it so
 * (udp_sendmsg, __inet_bind).
 */
static __always_inline _Bool flow_address(struct flow *flow, const struct sockaddr_prefix *from,
					  __s32 len)
{
	__u16 family = from->family;

	if (family == AF_UNSPEC && flow->remote.family == AEGIS_AF_INET &&
	    flow->direction != AEGIS_EGRESS)
		family = AEGIS_AF_INET;
	if (family == AEGIS_AF_INET && len >= SOCKADDR_IN_LEN) {
		flow->remote.family = AEGIS_AF_INET;
		__builtin_memcpy(flow->remote.addr, from->v4, sizeof(from->v4));
	} else if (family == AEGIS_AF_INET6 && len >= SOCKADDR_IN6_LEN) {
		set_v6(&flow->remote, from->v6);
	} else {
		return 0;
	}
	flow->remote_port = bpf_ntohs(from->port);
	return 1;
}

/* The address just taken was that of a bind: of a remote there is only the family, and no port. */
static __always_inline void flow_is_local(struct flow *flow)
{
	flow->local_port = flow->remote_port;
	flow->remote_port = 0;
	__builtin_memset(flow->remote.addr, 0, sizeof(flow->remote.addr));
}

static __always_inline _Bool port_rule(__u16 port, __u8 protocol, __u8 way)
{
	struct aegis_port key = {.port = port, .protocol = protocol, .way = way};

	return bpf_map_lookup_elem(&deny_port, &key) != NULL;
}

static __always_inline __u32 match_remote(const struct flow *flow)
{
	struct aegis_ip_port ip_port = {.addr = flow->remote, .port = flow->remote_port};
	struct aegis_cidr cidr = {.addr = flow->remote};

	if (bpf_map_lookup_elem(&deny_ip_port, &ip_port))
		return AEGIS_RULE_IP_PORT;
	if (bpf_map_lookup_elem(&deny_ip, &ip_port.addr))
		return AEGIS_RULE_IP;
	if (fault_over_blocking() && fault_neighbour_is_denied(&ip_port.addr))
		return AEGIS_RULE_IP;
	cidr.prefixlen = 32 + (flow->remote.family == AEGIS_AF_INET ? 32 : 128);
	if (bpf_map_lookup_elem(&deny_cidr, &cidr))
		return AEGIS_RULE_CIDR;
	return AEGIS_RULE_NONE;
}

/* Decision order of the contract: ip_port, ip, cidr, port. */
GLOBAL __u32 match_flow(const struct flow *flow)
{
	__u32 rule;

	if (!flow)
		return AEGIS_RULE_NONE;
	if (flow->direction == AEGIS_BIND || flow->direction == AEGIS_LISTEN)
		return port_rule(flow->local_port, flow->protocol, AEGIS_WAY_BIND)
			       ? AEGIS_RULE_PORT
			       : AEGIS_RULE_NONE;
	rule = match_remote(flow);
	if (rule || flow->direction == AEGIS_ACCEPT)
		return rule;
	return port_rule(flow->remote_port, flow->protocol, AEGIS_WAY_EGRESS) ? AEGIS_RULE_PORT
									      : AEGIS_RULE_NONE;
}

static __always_inline void report_flow(const struct flow *flow, __u32 rule, __u32 action)
{
	struct aegis_net_event *event = reserve_event(event);

	if (!event)
		return;
	describe_task(&event->head, AEGIS_EVENT_NET);
	event->head.rule = rule;
	event->head.action = reported_action(action);
	event->remote = flow->remote;
	event->remote_port = flow->remote_port;
	event->local_port = flow->local_port;
	event->protocol = flow->protocol;
	event->direction = flow->direction;
	if (fault_missing_submit() && flow->direction == AEGIS_BIND)
		return;
	if (fault_missing_event() && flow->direction == AEGIS_BIND)
		bpf_ringbuf_discard(event, 0);
	else
		bpf_ringbuf_submit(event, 0);
}

/*
 * Judges, punishes and reports, for every network hook and tracepoint. A global function (see
 * GLOBAL): whatever state its caller is in, the verifier walks it once.
 */
GLOBAL __u32 enforce_flow(const struct flow *flow)
{
	const struct agent_config *config = current_config();
	__u32 rule, action;

	if (!flow)
		return AEGIS_ACTION_ALLOW;
	if (!config || config->emergency_disable || config->net_policy_empty || task_is_exempt())
		return AEGIS_ACTION_ALLOW;
	rule = match_flow(flow);
	if (rule == AEGIS_RULE_NONE)
		return AEGIS_ACTION_ALLOW;
	action = punish(flow->origin);
	if (!is_sampled_out(config, action))
		report_flow(flow, rule, action);
	return action;
}

#endif
