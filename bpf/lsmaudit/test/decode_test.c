/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "agent/test/check.h"
#include "decode.h"
#include "lsmaudit.h"

static struct audit_open an_open(void)
{
	struct audit_open open = {.head = {.type = AUDIT_OPEN, .pid = 7, .comm = "cat"},
				  .mode = AUDIT_READ | AUDIT_WRITE,
				  .name = "pass\"wd"};

	return open;
}

static struct audit_connect a_connect(__u32 family, const char *ip)
{
	struct audit_connect connect = {.head = {.type = AUDIT_CONNECT, .pid = 8, .comm = "nc"},
					.family = family,
					.port = 8080};

	inet_pton(family == AUDIT_INET ? AF_INET : AF_INET6, ip, connect.address);
	return connect;
}

static void check_line(const void *record, size_t len, int expected, const char *text)
{
	struct dirt dirt[DIRT_MAX];
	struct json line = {0};
	int found = decode_record(&line, record, len, dirt);

	CHECK(found == expected, "%d parts for %s", found, text);
	CHECK_TEXT(line.text ? line.text : "", text);
	json_free(&line);
}

static void check_events(void)
{
	struct audit_open open = an_open();
	struct audit_connect v4 = a_connect(AUDIT_INET, "192.0.2.1");
	struct audit_connect v6 = a_connect(AUDIT_INET6, "2001:db8::1");
	struct audit_connect mapped = a_connect(AUDIT_INET6, "::ffff:192.0.2.1");
	const char *to_v4 = "{\"type\":\"connect\",\"pid\":8,\"comm\":\"nc\",\"family\":\"ipv4\","
			    "\"ip\":\"192.0.2.1\",\"port\":8080}";

	check_line(&open, sizeof(open), 0,
		   "{\"type\":\"file_open\",\"pid\":7,\"comm\":\"cat\",\"name\":\"pass\\\"wd\","
		   "\"mode\":\"rw\"}");
	check_line(&v4, sizeof(v4), 0, to_v4);
	check_line(&mapped, sizeof(mapped), 0, to_v4);
	check_line(&v6, sizeof(v6), 0,
		   "{\"type\":\"connect\",\"pid\":8,\"comm\":\"nc\",\"family\":\"ipv6\","
		   "\"ip\":\"2001:db8::1\",\"port\":8080}");
}

/* A name or a comm without a NUL ends where its field does. */
static void check_full_strings(void)
{
	struct audit_open open = an_open();
	struct dirt dirt[DIRT_MAX];
	struct json line = {0};

	memset(open.name, 'n', sizeof(open.name));
	memset(open.head.comm, 'c', sizeof(open.head.comm));
	CHECK(!decode_record(&line, &open, sizeof(open), dirt), "no byte is behind the end");
	CHECK(line.text && strstr(line.text, "\"comm\":\"cccccccccccccccc\""), "%s", line.text);
	json_free(&line);
}

static void check_strangers(void)
{
	struct audit_open open = an_open();
	struct audit_connect connect = a_connect(AUDIT_INET, "192.0.2.1");

	check_line(&open, sizeof(open) - 1, -1, "");
	check_line(&open, sizeof(open.head) - 1, -1, "");
	check_line(&open, 0, -1, "");
	open.mode = 0;
	check_line(&open, sizeof(open), -1, "");
	connect.family = 1;
	check_line(&connect, sizeof(connect), -1, "");
	connect.head.type = 3;
	check_line(&connect, sizeof(connect), -1, "");
}

static void check_dirt(const void *record, size_t len, const char *field, size_t offset,
		       size_t count)
{
	struct dirt dirt[DIRT_MAX] = {0};
	struct json line = {0};
	int found = decode_record(&line, record, len, dirt);

	CHECK(found == 1, "%d parts are not clean, not %s", found, field);
	CHECK_TEXT(dirt[0].field ? dirt[0].field : "", field);
	CHECK(dirt[0].offset == offset && dirt[0].count == count, "%zu bytes from %zu",
	      dirt[0].count, dirt[0].offset);
	CHECK(line.text && !strstr(line.text, "left"), "only the string is told: %s", line.text);
	json_free(&line);
}

/* Each byte that must be zero: the first and the last of every field. */
static void check_every_field(void)
{
	struct audit_open open = an_open();
	struct audit_connect connect = a_connect(AUDIT_INET, "192.0.2.1");

	memcpy(open.name + 8, "left", 4);
	check_dirt(&open, sizeof(open), "name", offsetof(struct audit_open, name) + 8, 4);
	open = an_open();
	open.name[sizeof(open.name) - 1] = 1;
	check_dirt(&open, sizeof(open), "name", offsetof(struct audit_open, name) + 255, 1);
	open = an_open();
	open.head.comm[4] = 1;
	check_dirt(&open, sizeof(open), "comm", offsetof(struct audit_head, comm) + 4, 1);
	open = an_open();
	open.pad = 1;
	check_dirt(&open, sizeof(open), "pad", offsetof(struct audit_open, pad), 1);
	connect.pad = 0x101;
	check_dirt(&connect, sizeof(connect), "pad", offsetof(struct audit_connect, pad), 2);
	connect = a_connect(AUDIT_INET, "192.0.2.1");
	connect.address[15] = 1;
	check_dirt(&connect, sizeof(connect), "address",
		   offsetof(struct audit_connect, address) + 15, 1);
}

int main(void)
{
	check_events();
	check_full_strings();
	check_strangers();
	check_every_field();
	return conclude("lsmaudit decode");
}
