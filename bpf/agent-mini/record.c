/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the programs in the kernel, as the contract's events. */
#include <arpa/inet.h>
#include <stdio.h>

#include "output.h"

#define NSEC_PER_TICK 10000000ULL

static const struct {
	const char *type;
	const char *direction;
} kinds[MINI_KINDS] = {
	[MINI_FILE] = {"block", NULL},
	[MINI_CONNECT] = {"net_connect_block", "egress"},
	[MINI_SEND] = {"net_sendmsg_block", "send"},
	[MINI_RECV] = {"net_recvmsg_block", "recv"},
	[MINI_ACCEPT] = {"net_accept_block", "accept"},
};

/* A process name as a JSON string: any byte but NUL may be in it. */
static void put_comm(const char *comm, size_t size)
{
	printf("\"comm\":\"");
	for (size_t i = 0; i < size && comm[i]; i++) {
		unsigned char byte = comm[i];

		if (byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\')
			printf("\\u%04x", byte);
		else
			putchar(byte);
	}
	printf("\",");
}

static const char *protocol_name(__u32 protocol)
{
	if (protocol == IPPROTO_TCP)
		return "tcp";
	return protocol == IPPROTO_UDP ? "udp" : "other";
}

static void put_flow(const struct mini_record *record)
{
	const __u32 *word = record->remote.word;
	int mapped = !word[0] && !word[1] && word[2] == htonl(0xffff);
	char ip[INET6_ADDRSTRLEN];

	inet_ntop(mapped ? AF_INET : AF_INET6, mapped ? &word[3] : word, ip, sizeof(ip));
	printf(",\"family\":\"%s\",\"protocol\":\"%s\",\"direction\":\"%s\"",
	       mapped ? "ipv4" : "ipv6", protocol_name(record->protocol),
	       kinds[record->kind].direction);
	printf(",\"remote_ip\":\"%s\",\"remote_port\":%u,\"local_port\":%u,\"rule_type\":\"ip\"",
	       ip, record->remote_port, record->local_port);
}

int print_record(void *context, void *data, size_t len)
{
	const struct mini_record *record = data;

	(void)context;
	if (len != sizeof(*record) || record->kind >= MINI_KINDS)
		return 0;
	printf("{\"type\":\"%s\",\"pid\":%u,\"ppid\":%u,\"start_time\":%llu,",
	       kinds[record->kind].type, record->pid, record->ppid,
	       record->start_ns / NSEC_PER_TICK);
	put_comm(record->comm, sizeof(record->comm));
	printf("\"cgid\":%llu,\"action\":\"%s\"", record->cgroup,
	       record->denied ? "BLOCK" : "AUDIT");
	if (record->kind == MINI_FILE)
		printf(",\"ino\":%llu,\"dev\":%u", record->file.ino, record->file.dev);
	else
		put_flow(record);
	puts("}");
	fflush(stdout);
	return 0;
}
