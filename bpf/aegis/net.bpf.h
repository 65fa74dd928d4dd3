/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* The six socket hooks. Their prototypes are the same from 5.7 to 7.2. */
#ifndef AEGIS_NET_BPF_H
#define AEGIS_NET_BPF_H

#include <bpf/bpf_tracing.h>
#include "net_rules.bpf.h"

/* A sockaddr that the kernel has copied in already: connect, bind, msg_name. Short ones leave the
 * rest zero. */
static __always_inline _Bool flow_kernel_address(struct flow *flow, const void *address, __s32 len)
{
	struct sockaddr_prefix prefix = {};

	/* Two constant sizes: 5.15 wants the bounds of a variable size proven, and these are the
	 * only ones that matter. */
	if (len >= SOCKADDR_IN6_LEN) {
		if (bpf_probe_read_kernel(&prefix, SOCKADDR_IN6_LEN, address))
			return 0;
	} else if (len >= SOCKADDR_IN_LEN) {
		if (bpf_probe_read_kernel(&prefix, SOCKADDR_IN_LEN, address))
			return 0;
	} else {
		return 0;
	}
	return flow_address(flow, &prefix, len);
}

SEC("lsm/socket_connect")
int BPF_PROG(deny_connect, struct socket *sock, struct sockaddr *address, int addrlen, int ret)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct flow flow = {};

	if (ret)
		return ret;
	if (!flow_from_socket(&flow, sk, AEGIS_EGRESS) ||
	    !flow_kernel_address(&flow, address, addrlen))
		return 0;
	resolve_unspecified(&flow.remote, sk);
	return lsm_return(action_denies(enforce_flow(&flow)));
}

SEC("lsm/socket_bind")
int BPF_PROG(deny_bind, struct socket *sock, struct sockaddr *address, int addrlen, int ret)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct flow flow = {};

	if (ret)
		return ret;
	if (!flow_from_socket(&flow, sk, AEGIS_BIND) ||
	    !flow_kernel_address(&flow, address, addrlen))
		return 0;
	flow_is_local(&flow);
	return lsm_return(action_denies(enforce_flow(&flow)));
}

SEC("lsm/socket_listen")
int BPF_PROG(deny_listen, struct socket *sock, int backlog, int ret)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct flow flow = {};

	if (ret)
		return ret;
	if (!flow_from_socket(&flow, sk, AEGIS_LISTEN))
		return 0;
	return lsm_return(action_denies(enforce_flow(&flow)));
}

#define TCP_CLOSE 7

/*
 * The connection that this accept would return. `newsock` says nothing yet: the hook runs before
 * the protocol fills it, so a program that reads the peer there never matches anything. The head of
 * the listener's queue does say it. Empty: accept will block (or answer EAGAIN), and a denied peer
 * that comes meanwhile is met by socket_recvmsg and socket_sendmsg. A connection its peer has reset
 * is let through, or it would hold up the queue for ever.
 */
static __always_inline struct sock *next_in_accept_queue(struct sock *sk)
{
	struct inet_connection_sock *listener = (struct inet_connection_sock *)sk;
	struct sock *next = BPF_CORE_READ(listener, icsk_accept_queue.rskq_accept_head, sk);

	if (BPF_CORE_READ(next, __sk_common.skc_state) == TCP_CLOSE)
		return NULL;
	return next;
}

SEC("lsm/socket_accept")
int BPF_PROG(deny_accept, struct socket *sock, struct socket *newsock, int ret)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct flow flow = {};
	struct sock *next;

	if (ret)
		return ret;
	if (!flow_from_socket(&flow, sk, AEGIS_ACCEPT) || flow.protocol != IPPROTO_TCP ||
	    BPF_CORE_READ(sk, sk_protocol) != IPPROTO_TCP)
		return 0;
	next = next_in_accept_queue(sk);
	if (!next || !flow_peer(&flow, next))
		return 0;
	return lsm_return(action_denies(enforce_flow(&flow)));
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(deny_sendmsg, struct socket *sock, struct msghdr *msg, int size, int ret)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	void *name = BPF_CORE_READ(msg, msg_name);
	struct flow flow = {};

	if (ret)
		return ret;
	if (!flow_from_socket(&flow, sk, AEGIS_SEND))
		return 0;
	if (sends_to_peer(&flow, sk))
		flow_peer(&flow, sk);
	else if (name && flow_kernel_address(&flow, name, BPF_CORE_READ(msg, msg_namelen)))
		resolve_unspecified(&flow.remote, sk);
	else if (!flow_peer(&flow, sk))
		return 0;
	return lsm_return(action_denies(enforce_flow(&flow)));
}

SEC("lsm/socket_recvmsg")
int BPF_PROG(deny_recvmsg, struct socket *sock, struct msghdr *msg, int size, int flags, int ret)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct flow flow = {};

	if (ret)
		return ret;
	if (!flow_from_socket(&flow, sk, AEGIS_RECV) || !flow_peer(&flow, sk))
		return 0;
	return lsm_return(action_denies(enforce_flow(&flow)));
}

#endif
