/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* deny_ip: whoever is on the other side. */
#ifndef MINI_NET_BPF_H
#define MINI_NET_BPF_H

#include <bpf/bpf_endian.h>

#include "process.bpf.h"

#define UNSPEC    0
#define INET      2
#define INET6     10
#define TCP       6
#define TCP_CLOSE 7

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 512);
	__type(key, struct mini_address);
	__type(value, __u8);
} addresses SEC(".maps");

/* sockaddr_in, and sockaddr_in6 up to its address. */
struct socket_address {
	__u16 family;
	__u16 port;
	__u32 v4;
	__u32 v6[4];
};
#define V4_LEN 16

static __always_inline void set_v4(struct mini_record *record, __u32 ip)
{
	record->remote = (struct mini_address){.word = {0, 0, bpf_htonl(0xffff), ip}};
}

/* False: not about the internet. */
static __always_inline int from_socket(struct mini_record *record, struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	record->protocol = BPF_CORE_READ(sk, sk_protocol);
	record->local_port = BPF_CORE_READ(sk, __sk_common.skc_num);
	return family == INET || family == INET6;
}

/* False: connected to nobody. */
static __always_inline int from_peer(struct mini_record *record, struct sock *sk)
{
	struct in6_addr v6;

	record->remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));
	if (BPF_CORE_READ(sk, __sk_common.skc_family) == INET) {
		set_v4(record, BPF_CORE_READ(sk, __sk_common.skc_daddr));
	} else {
		v6 = BPF_CORE_READ(sk, __sk_common.skc_v6_daddr);
		__builtin_memcpy(&record->remote, &v6, sizeof(record->remote));
	}
	return record->remote_port != 0;
}

/* An address the kernel has copied in. An IPv4 socket that sends takes AF_UNSPEC for IPv4. */
static __always_inline int from_address(struct mini_record *record, struct sock *sk,
					const void *address, int len)
{
	struct socket_address from = {};

	if (len < V4_LEN || bpf_probe_read_kernel(&from, V4_LEN, address))
		return 0;
	record->remote_port = bpf_ntohs(from.port);
	set_v4(record, from.v4);
	if (from.family == INET)
		return 1;
	if (from.family == UNSPEC)
		return record->kind == MINI_SEND &&
		       BPF_CORE_READ(sk, __sk_common.skc_family) == INET;
	if (from.family != INET6 || len < (int)sizeof(from) ||
	    bpf_probe_read_kernel(&from, sizeof(from), address))
		return 0;
	__builtin_memcpy(&record->remote, from.v6, sizeof(from.v6));
	return 1;
}

static __noinline int match_address(struct mini_record *record)
{
	if (!record || !bpf_map_lookup_elem(&addresses, &record->remote))
		return 0;
	send_record(record);
	return 1;
}

SEC("lsm/socket_connect")
int BPF_PROG(guard_connect, struct socket *socket, void *address, int len, int ret)
{
	struct mini_record record = {.kind = MINI_CONNECT};
	struct sock *sk = BPF_CORE_READ(socket, sk);

	if (ret)
		return ret;
	if (match_process(MINI_PROCESS_CONNECT))
		return answer(1);
	if (!from_socket(&record, sk) || !from_address(&record, sk, address, len))
		return 0;
	return answer(match_address(&record));
}

/* A connected TCP socket ignores the address it is given. */
SEC("lsm/socket_sendmsg")
int BPF_PROG(guard_send, struct socket *socket, struct msghdr *msg, int size, int ret)
{
	struct mini_record record = {.kind = MINI_SEND};
	struct sock *sk = BPF_CORE_READ(socket, sk);
	void *name = BPF_CORE_READ(msg, msg_name);
	int found;

	if (ret)
		return ret;
	if (!from_socket(&record, sk))
		return 0;
	if (name && record.protocol != TCP)
		found = from_address(&record, sk, name, BPF_CORE_READ(msg, msg_namelen));
	else
		found = from_peer(&record, sk);
	return found ? answer(match_address(&record)) : 0;
}

SEC("lsm/socket_recvmsg")
int BPF_PROG(guard_recv, struct socket *socket, struct msghdr *msg, int size, int flags, int ret)
{
	struct mini_record record = {.kind = MINI_RECV};
	struct sock *sk = BPF_CORE_READ(socket, sk);

	if (ret)
		return ret;
	if (!from_socket(&record, sk) || !from_peer(&record, sk))
		return 0;
	return answer(match_address(&record));
}

/* The hook runs before the new socket knows its peer: look at the first in the queue instead. One
 * that its peer has reset would stay there for ever. */
SEC("lsm/socket_accept")
int BPF_PROG(guard_accept, struct socket *socket, struct socket *fresh, int ret)
{
	struct mini_record record = {.kind = MINI_ACCEPT};
	struct sock *sk = BPF_CORE_READ(socket, sk), *next;

	if (ret)
		return ret;
	if (!from_socket(&record, sk) || record.protocol != TCP)
		return 0;
	next = BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_accept_queue.rskq_accept_head,
			     sk);
	if (!next || BPF_CORE_READ(next, __sk_common.skc_state) == TCP_CLOSE ||
	    !from_peer(&record, next))
		return 0;
	return answer(match_address(&record));
}

#endif
