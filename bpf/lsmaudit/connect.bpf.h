/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* socket_connect: where a traced process connects to. */
#ifndef LSMAUDIT_CONNECT_BPF_H
#define LSMAUDIT_CONNECT_BPF_H

#include <bpf/bpf_endian.h>

#include "record.bpf.h"

/* sockaddr_in, and sockaddr_in6 up to its address. */
struct destination {
	__u16 family;
	__u16 port;
	__u32 v4; /* IPv6: the flow label */
	__u8 v6[16];
};

/*
 * The shortest that the kernel connects to. sockaddr_in6 has a scope behind the address, and the
 * kernel does without (SIN6_LEN_RFC2133): whoever left it out would connect and not be seen.
 */
#define INET_LEN  16
#define INET6_LEN 24

/* The family of an address of which as much is there as that family needs; 0 for any other. */
static __always_inline __u16 read_destination(struct destination *to, const void *address, int len)
{
	if (!fault_no_addrlen_check() && len < INET_LEN)
		return 0;
	if (bpf_probe_read_kernel(to, INET_LEN, address))
		goto unreadable;
	if (to->family == AUDIT_INET)
		return AUDIT_INET;
	if (to->family != AUDIT_INET6 || (!fault_no_addrlen_check() && len < INET6_LEN))
		return 0;
	if (bpf_probe_read_kernel(to, sizeof(*to), address))
		goto unreadable;
	return AUDIT_INET6;
unreadable:
	count_lost(LOST_READ);
	return 0;
}

/* True for a destination that was to be reported. */
static __always_inline _Bool observe_connect(const void *address, int len)
{
	__u32 pid = bpf_get_current_pid_tgid() >> 32;
	struct destination to = {};
	struct audit_connect *record;
	__u64 since;

	if (!is_traced(pid, &since) || !read_destination(&to, address, len))
		return 0;
	record = RESERVE(struct audit_connect);
	if (!record)
		return 1;
	fill_head(&record->head, AUDIT_CONNECT, pid);
	record->family = to.family;
	record->port = fault_port_byte_order() ? to.port : bpf_ntohs(to.port);
	if (to.family == AUDIT_INET)
		__builtin_memcpy(record->address, &to.v4, sizeof(to.v4));
	else
		__builtin_memcpy(record->address, to.v6, sizeof(to.v6));
	bpf_ringbuf_submit(record, 0);
	return 1;
}

SEC("lsm/socket_connect")
int BPF_PROG(audit_connect, struct socket *socket, struct sockaddr *address, int len, int ret)
{
	if (observe_connect(address, len) && fault_observer_denies())
		return -1;
	return passed_on(ret);
}

#endif
