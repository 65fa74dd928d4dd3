/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "decode.h"
#include "lsmaudit.h"

/* A span of a record: a string, or padding, which is a string of no length. */
struct span {
	const char *field;
	size_t offset, size;
	enum { STRING, PADDING } kind;
};

static const struct span comm_span = {"comm", offsetof(struct audit_head, comm), AUDIT_COMM_LEN,
				      STRING};

static void look_for_dirt(const void *record, struct span span, struct dirt *dirt, int *found)
{
	const char *at = (const char *)record + span.offset;
	size_t from = span.kind == STRING ? strnlen(at, span.size) : 0;
	struct dirt here = {.field = span.field};

	for (size_t i = from; i < span.size; i++) {
		if (!at[i])
			continue;
		if (!here.count++)
			here.offset = span.offset + i;
	}
	if (here.count && *found < DIRT_MAX)
		dirt[(*found)++] = here;
}

static void put_head(struct json *line, const char *type, const struct audit_head *head)
{
	json_open(line, NULL, '{');
	json_text(line, "type", type);
	json_unsigned(line, "pid", head->pid);
	json_string(line, "comm", head->comm, sizeof(head->comm));
}

static const char *mode_name(__u32 mode)
{
	switch (mode) {
	case AUDIT_READ:
		return "r";
	case AUDIT_WRITE:
		return "w";
	case AUDIT_READ | AUDIT_WRITE:
		return "rw";
	default:
		return NULL;
	}
}

static int decode_open(struct json *line, const struct audit_open *open, struct dirt *dirt)
{
	const char *mode = mode_name(open->mode);
	int found = 0;

	if (!mode)
		return -1;
	put_head(line, "file_open", &open->head);
	json_string(line, "name", open->name, sizeof(open->name));
	json_text(line, "mode", mode);
	json_close(line, '}');
	look_for_dirt(open, comm_span, dirt, &found);
	look_for_dirt(open,
		      (struct span){"name", offsetof(struct audit_open, name), sizeof(open->name),
				    STRING},
		      dirt, &found);
	look_for_dirt(
		open,
		(struct span){"pad", offsetof(struct audit_open, pad), sizeof(open->pad), PADDING},
		dirt, &found);
	return found;
}

/* ::ffff:a.b.c.d leads to the IPv4 address, whatever the socket is. */
static const __u8 *mapped_ipv4(const struct audit_connect *connect)
{
	static const __u8 prefix[12] = {[10] = 0xff, [11] = 0xff};

	if (connect->family == AUDIT_INET)
		return connect->address;
	return memcmp(connect->address, prefix, sizeof(prefix)) ? NULL : connect->address + 12;
}

static int decode_connect(struct json *line, const struct audit_connect *connect, struct dirt *dirt)
{
	const __u8 *ipv4 = mapped_ipv4(connect);
	char ip[INET6_ADDRSTRLEN];
	int found = 0;

	if (connect->family != AUDIT_INET && connect->family != AUDIT_INET6)
		return -1;
	inet_ntop(ipv4 ? AF_INET : AF_INET6, ipv4 ? ipv4 : connect->address, ip, sizeof(ip));
	put_head(line, "connect", &connect->head);
	json_text(line, "family", ipv4 ? "ipv4" : "ipv6");
	json_text(line, "ip", ip);
	json_unsigned(line, "port", connect->port);
	json_close(line, '}');
	look_for_dirt(connect, comm_span, dirt, &found);
	look_for_dirt(connect,
		      (struct span){"pad", offsetof(struct audit_connect, pad),
				    sizeof(connect->pad), PADDING},
		      dirt, &found);
	if (connect->family == AUDIT_INET)
		look_for_dirt(connect,
			      (struct span){"address", offsetof(struct audit_connect, address) + 4,
					    12, PADDING},
			      dirt, &found);
	return found;
}

int decode_record(struct json *line, const void *record, size_t len, struct dirt dirt[DIRT_MAX])
{
	const struct audit_head *head = record;

	if (len < sizeof(*head))
		return -1;
	if (head->type == AUDIT_OPEN && len == sizeof(struct audit_open))
		return decode_open(line, record, dirt);
	if (head->type == AUDIT_CONNECT && len == sizeof(struct audit_connect))
		return decode_connect(line, record, dirt);
	return -1;
}
