/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* One program a hook, each with the deny tail of the file that includes this. */
#ifndef LAYOUT_PROGRAMS_BPF_H
#define LAYOUT_PROGRAMS_BPF_H

SEC("lsm/socket_connect")
int socket_connect(void *ctx)
{
	return deny_tail(is_denied(HOOK_CONNECT));
}

SEC("lsm/socket_bind")
int socket_bind(void *ctx)
{
	return deny_tail(is_denied(HOOK_BIND));
}

SEC("lsm/socket_listen")
int socket_listen(void *ctx)
{
	return deny_tail(is_denied(HOOK_LISTEN));
}

SEC("lsm/socket_accept")
int socket_accept(void *ctx)
{
	return deny_tail(is_denied(HOOK_ACCEPT));
}

SEC("lsm/socket_sendmsg")
int socket_sendmsg(void *ctx)
{
	return deny_tail(is_denied(HOOK_SENDMSG));
}

SEC("lsm/socket_recvmsg")
int socket_recvmsg(void *ctx)
{
	return deny_tail(is_denied(HOOK_RECVMSG));
}

SEC("lsm/file_open")
int file_open(void *ctx)
{
	return deny_tail(is_denied(HOOK_FILE_OPEN));
}

#endif
