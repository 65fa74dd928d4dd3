/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* Tracepoints for kernels without the BPF LSM: they see what was asked and can signal, never deny.
 */
#ifndef AEGIS_FALLBACK_BPF_H
#define AEGIS_FALLBACK_BPF_H

#include <bpf/bpf_tracing.h>
#include "file_rules.bpf.h"
#include "net_rules.bpf.h"

/* The open file behind a descriptor of this process, or NULL. */
static __always_inline struct file *file_of_fd(__u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **slots = BPF_CORE_READ(table, fd);
	struct file *file = NULL;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), &slots[fd]);
	return file;
}

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

/* A sockaddr still in user memory. The process can change it after this look: see
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

SEC("tracepoint/syscalls/sys_enter_connect")
int watch_connect(struct trace_event_raw_sys_enter *ctx)
{
	struct sock *sk = sock_of_fd(ctx->args[0]);
	struct flow flow = {.origin = ORIGIN_TRACEPOINT};

	if (!sk || !flow_from_socket(&flow, sk, AEGIS_EGRESS) ||
	    !flow_user_address(&flow, (const void *)ctx->args[1], ctx->args[2]))
		return 0;
	resolve_unspecified(&flow.remote, sk);
	enforce_flow(&flow);
	return 0;
}

/*
 * The path as the process wrote it. It lies on the stack as a map key, zeroed first: what the copy
 * leaves untouched after the NUL must be zero to be found.
 */
static __noinline __u32 enforce_user_path(const char *user_path, __u32 wanted)
{
	const struct agent_config *config = current_config();
	struct aegis_block_event *event;
	struct aegis_path key = {};
	__u32 *forbidden;
	__u32 action;

	if (!config || config->emergency_disable || config->file_policy_empty)
		return AEGIS_ACTION_ALLOW;
	if (bpf_probe_read_user_str(key.path, sizeof(key.path), user_path) <= 0)
		return AEGIS_ACTION_ALLOW;
	forbidden = bpf_map_lookup_elem(&deny_path, &key);
	if (!forbidden || !(*forbidden & wanted) || subject_is_exempt())
		return AEGIS_ACTION_ALLOW;
	action = punish(config, ORIGIN_TRACEPOINT);
	event = reserve_event(event);
	if (!event)
		return action;
	describe_subject(&event->head, AEGIS_EVENT_BLOCK);
	event->head.rule = wanted == AEGIS_INODE_EXEC ? AEGIS_RULE_EXEC : AEGIS_RULE_PATH;
	event->head.action = action;
	__builtin_memcpy(event->path, key.path, sizeof(event->path));
	bpf_ringbuf_submit(event, 0);
	return action;
}

SEC("tracepoint/syscalls/sys_enter_openat")
int watch_openat(struct trace_event_raw_sys_enter *ctx)
{
	enforce_user_path((const char *)ctx->args[1], AEGIS_INODE_FILE);
	return 0;
}

#endif
