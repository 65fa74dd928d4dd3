/* SPDX-License-Identifier: Apache-2.0 */
/* Records of the programs in the kernel, as events in mini-guard's own words
 * (docs/examples/README.md). */
#include <arpa/inet.h>
#include <stdio.h>

#include "output.h"

#define NSEC_PER_TICK 10000000ULL

static const char *const operations[MINI_KINDS] = {
	[MINI_CONNECT] = "connect",   [MINI_SEND] = "send",
	[MINI_RECV] = "receive",      [MINI_ACCEPT] = "accept",
	[MINI_PROCESS_OPEN] = "open", [MINI_PROCESS_CONNECT] = "connect",
};

/* A process name as a JSON string: any byte but NUL may be in it. */
static void put_comm(const char *comm, size_t size)
{
	printf("\"name\":\"");
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
	printf(",\"op\":\"%s\",\"ip_version\":%d,\"protocol\":\"%s\"", operations[record->kind],
	       mapped ? 4 : 6, protocol_name(record->protocol));
	printf(",\"peer\":{\"ip\":\"%s\",\"port\":%u},\"local_port\":%u", ip, record->remote_port,
	       record->local_port);
}

static const char *event_name(__u32 kind)
{
	if (kind == MINI_FILE)
		return "file";
	return kind == MINI_PROCESS_OPEN || kind == MINI_PROCESS_CONNECT ? "process" : "socket";
}

static void put_subject(const struct mini_record *record)
{
	if (record->kind == MINI_FILE)
		printf(",\"file\":{\"ino\":%llu,\"dev\":%u}", record->file.ino, record->file.dev);
	else if (record->kind == MINI_PROCESS_OPEN || record->kind == MINI_PROCESS_CONNECT)
		printf(",\"op\":\"%s\"", operations[record->kind]);
	else
		put_flow(record);
}

int print_record(void *context, void *data, size_t len)
{
	const struct mini_record *record = data;

	(void)context;
	if (len != sizeof(*record) || record->kind >= MINI_KINDS)
		return 0;
	printf("{\"event\":\"%s\",\"at\":\"%s\",", event_name(record->kind), time_now());
	printf("\"process\":{\"pid\":%u,\"parent\":%u,\"started\":%llu,", record->pid, record->ppid,
	       record->start_ns / NSEC_PER_TICK);
	put_comm(record->comm, sizeof(record->comm));
	printf("\"cgroup\":%llu},\"verdict\":\"%s\"", record->cgroup,
	       record->denied ? "denied" : "seen");
	put_subject(record);
	puts("}");
	fflush(stdout);
	return 0;
}
