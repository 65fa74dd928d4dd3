// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* No shared tail: every program has its own if and two returns. */
#include "layout.bpf.h"

SEC("lsm/socket_connect")
int socket_connect(void *ctx)
{
	if (is_denied(HOOK_CONNECT))
		return -EPERM;
	return 0;
}

SEC("lsm/socket_bind")
int socket_bind(void *ctx)
{
	if (is_denied(HOOK_BIND))
		return -EPERM;
	return 0;
}

SEC("lsm/socket_listen")
int socket_listen(void *ctx)
{
	if (is_denied(HOOK_LISTEN))
		return -EPERM;
	return 0;
}

SEC("lsm/socket_accept")
int socket_accept(void *ctx)
{
	if (is_denied(HOOK_ACCEPT))
		return -EPERM;
	return 0;
}

SEC("lsm/socket_sendmsg")
int socket_sendmsg(void *ctx)
{
	if (is_denied(HOOK_SENDMSG))
		return -EPERM;
	return 0;
}

SEC("lsm/socket_recvmsg")
int socket_recvmsg(void *ctx)
{
	if (is_denied(HOOK_RECVMSG))
		return -EPERM;
	return 0;
}

SEC("lsm/file_open")
int file_open(void *ctx)
{
	if (is_denied(HOOK_FILE_OPEN))
		return -EPERM;
	return 0;
}
