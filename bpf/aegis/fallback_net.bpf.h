/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Network rules on a kernel without the BPF LSM: tracepoints see what is asked and can signal,
 * never deny. */
#ifndef AEGIS_FALLBACK_NET_BPF_H
#define AEGIS_FALLBACK_NET_BPF_H

#include "descriptor.bpf.h"
#include "net_rules.bpf.h"

/* The socket behind a descriptor, or NULL when it is no socket. */
static __always_inline struct sock *sock_of_fd(__u32 fd)
{
	struct file *file = file_of_fd(fd);
	struct socket *socket;

	if ((BPF_CORE_READ(file, f_inode, i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = BPF_CORE_READ(file, private_data);
	return BPF_CORE_READ(socket, sk);
}

/* A sockaddr still in user memory. The process can change it after this read: see
 * docs/fallback-limits.md. */
static __always_inline _Bool flow_user_address(struct flow *flow, const void *address, __s32 len)
{
	struct sockaddr_prefix prefix = {};

	if (len >= SOCKADDR_IN6_LEN) {
		if (bpf_probe_read_user(&prefix, SOCKADDR_IN6_LEN, address))
			return 0;
	} else if (len >= SOCKADDR_IN_LEN) {
		if (bpf_probe_read_user(&prefix, SOCKADDR_IN_LEN, address))
			return 0;
	} else {
		return 0;
	}
	return flow_address(flow, &prefix, len);
}

/*
 * What the socket of a system call says. The origin is set by a statement: as an initialiser it
 * becomes an anonymous constant in .rodata, whose empty DATASEC makes 5.10 refuse the BTF of the
 * whole object, and with it every source line in a verifier log.
 */
static __always_inline _Bool flow_of_call(struct flow *flow, struct sock *sk, __u8 way)
{
	flow->origin = ORIGIN_TRACEPOINT;
	return flow_from_socket(flow, sk, way);
}

SEC("tracepoint/syscalls/sys_enter_connect")
int watch_connect(struct trace_event_raw_sys_enter *ctx)
{
	struct sock *sk = sock_of_fd(ctx->args[0]);
	struct flow flow = {};

	if (!sk || !flow_of_call(&flow, sk, AEGIS_EGRESS) ||
	    !flow_user_address(&flow, (const void *)ctx->args[1], ctx->args[2]))
		return 0;
	resolve_unspecified(&flow.remote, sk);
	enforce_flow(&flow);
	return 0;
}

/* The judgement of a send: the address in user memory if there is one, the connected peer if not.
 */
static __always_inline void judge_send(__u32 fd, const void *address, __s32 len)
{
	struct sock *sk = sock_of_fd(fd);
	struct flow flow = {};

	if (!sk || !flow_of_call(&flow, sk, AEGIS_SEND))
		return;
	if (sends_to_peer(&flow, sk))
		flow_peer(&flow, sk);
	else if (address && flow_user_address(&flow, address, len))
		resolve_unspecified(&flow.remote, sk);
	else if (!flow_peer(&flow, sk))
		return;
	enforce_flow(&flow);
}

/* send(2) arrives here too, without an address: the connected peer is judged then. */
SEC("tracepoint/syscalls/sys_enter_sendto")
int watch_sendto(struct trace_event_raw_sys_enter *ctx)
{
	judge_send(ctx->args[0], (const void *)ctx->args[4], ctx->args[5]);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_sendmsg")
int watch_sendmsg(struct trace_event_raw_sys_enter *ctx)
{
	struct user_msghdr msg = {};

	if (bpf_probe_read_user(&msg, sizeof(msg), (const void *)ctx->args[1]))
		return 0;
	judge_send(ctx->args[0], msg.msg_name, msg.msg_namelen);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_bind")
int watch_bind(struct trace_event_raw_sys_enter *ctx)
{
	struct sock *sk = sock_of_fd(ctx->args[0]);
	struct flow flow = {};

	if (!sk || !flow_of_call(&flow, sk, AEGIS_BIND) ||
	    !flow_user_address(&flow, (const void *)ctx->args[1], ctx->args[2]))
		return 0;
	flow_is_local(&flow);
	enforce_flow(&flow);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_listen")
int watch_listen(struct trace_event_raw_sys_enter *ctx)
{
	struct sock *sk = sock_of_fd(ctx->args[0]);
	struct flow flow = {};

	if (sk && flow_of_call(&flow, sk, AEGIS_LISTEN))
		enforce_flow(&flow);
	return 0;
}

/* At its exit accept knows its peer, which the LSM hook does not always. */
static __always_inline int judge_accepted(long fd)
{
	struct sock *sk = fd < 0 ? NULL : sock_of_fd(fd);
	struct flow flow = {};

	if (sk && flow_of_call(&flow, sk, AEGIS_ACCEPT) && flow_peer(&flow, sk))
		enforce_flow(&flow);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_accept")
int watch_accepted(struct trace_event_raw_sys_exit *ctx)
{
	return judge_accepted(ctx->ret);
}

SEC("tracepoint/syscalls/sys_exit_accept4")
int watch_accepted4(struct trace_event_raw_sys_exit *ctx)
{
	return judge_accepted(ctx->ret);
}

#endif
