/* SPDX-License-Identifier: Apache-2.0 */
/* Records to lines, byte for byte; records that are none of ours. */
#include "aegis/aegis_abi.h"
#include "agent/event.h"
#include "check.h"

static struct aegis_event head(__u32 type, __u8 rule, __u8 action)
{
	struct aegis_event event = {
		.type = type,
		.pid = 12,
		.ppid = 1,
		.action = action,
		.rule = rule,
		.start_time = 1230000000,
		.cgid = 7,
		.comm = "curl",
	};

	return event;
}

static void check_line(const void *record, size_t len, const char *expected)
{
	struct json json = {0};

	CHECK(event_format(record, len, &json), "refused: %s", expected);
	CHECK_TEXT(json.text ? json.text : "(nothing)", expected);
	json_free(&json);
}

static void check_refused(const void *record, size_t len, const char *what)
{
	struct json json = {0};

	CHECK(!event_format(record, len, &json) && json.len == 0, "taken: %s", what);
	json_free(&json);
}

#define WHO "\"pid\":12,\"ppid\":1,\"start_time\":123,\"comm\":\"curl\",\"cgid\":7,"

static void check_net(void)
{
	struct aegis_net_event event = {
		.head = head(AEGIS_EVENT_NET, AEGIS_RULE_IP_PORT, AEGIS_ACTION_BLOCK),
		.remote = {.family = AEGIS_AF_INET, .addr = {10, 0, 0, 1}},
		.remote_port = 443,
		.protocol = 6,
		.direction = AEGIS_EGRESS,
	};

	check_line(&event, sizeof(event),
		   "{\"type\":\"net_connect_block\"," WHO
		   "\"action\":\"BLOCK\",\"family\":\"ipv4\","
		   "\"protocol\":\"tcp\",\"direction\":\"egress\",\"remote_ip\":\"10.0.0.1\","
		   "\"remote_port\":443,\"local_port\":0,\"rule_type\":\"ip_port\"}");
	check_refused(&event, sizeof(event) - 1, "short record");
	event.remote.family = 1;
	check_refused(&event, sizeof(event), "family");
	event.remote.family = AEGIS_AF_INET6;
	event.direction = AEGIS_RECV + 1;
	check_refused(&event, sizeof(event), "direction");
	event.direction = 0;
	check_refused(&event, sizeof(event), "no direction");
	event.direction = AEGIS_RECV;
	event.head.rule = AEGIS_RULE_INODE;
	check_refused(&event, sizeof(event), "a file rule");
	event.head.rule = AEGIS_RULE_PORT;
	event.head.action = AEGIS_ACTION_KILL;
	event.protocol = 17;
	check_line(&event, sizeof(event),
		   "{\"type\":\"net_recvmsg_block\"," WHO "\"action\":\"KILL\",\"family\":\"ipv6\","
		   "\"protocol\":\"udp\",\"direction\":\"recv\",\"remote_ip\":\"a00:1::\","
		   "\"remote_port\":443,\"local_port\":0,\"rule_type\":\"port\"}");
}

static void check_block(void)
{
	struct aegis_block_event event = {
		.head = head(AEGIS_EVENT_BLOCK, AEGIS_RULE_INODE, AEGIS_ACTION_TERM),
		.ino = 99,
		.dev = 8388609,
	};

	check_line(&event, sizeof(event),
		   "{\"type\":\"block\"," WHO
		   "\"action\":\"TERM\",\"rule\":\"inode\",\"ino\":99,\"dev\":8388609}");
	event.ino = 0;
	event.head.rule = AEGIS_RULE_PTRACE;
	event.target_pid = 33;
	check_line(&event, sizeof(event),
		   "{\"type\":\"block\"," WHO
		   "\"action\":\"TERM\",\"rule\":\"ptrace\",\"target_pid\":33}");
	event.head.action = 0;
	check_refused(&event, sizeof(event), "an event about nothing done");
	event.head.action = AEGIS_ACTION_KILL + 1;
	check_refused(&event, sizeof(event), "action");
	event.head.action = AEGIS_ACTION_AUDIT;
	event.head.rule = AEGIS_RULE_BPF + 1;
	check_refused(&event, sizeof(event), "rule");
	event.head.rule = AEGIS_RULE_IP;
	check_refused(&event, sizeof(event), "a network rule");
	event.head.type = 77;
	check_refused(&event, sizeof(event), "type");
	check_refused(&event, 4, "less than a head");
}

/* A path that fills its field has no NUL to stop at. */
static void check_unterminated(const struct aegis_exec_event *event)
{
	char line[600];
	int len = snprintf(line, sizeof(line),
			   "{\"type\":\"exec\",\"pid\":12,\"ppid\":1,\"start_time\":123,"
			   "\"comm\":\"0123456789abcdef\",\"cgid\":7,\"action\":\"AUDIT\","
			   "\"path\":\"");

	memset(line + len, 'x', sizeof(event->path));
	strcpy(line + len + sizeof(event->path), "\"}");
	check_line(event, sizeof(*event), line);
}

/* Any byte may stand in a path or a name, and none may break the line or the JSON. */
static void check_hostile(void)
{
	struct aegis_exec_event event = {.head = head(AEGIS_EVENT_EXEC, 0, AEGIS_ACTION_AUDIT)};

	memcpy(event.head.comm, "0123456789abcdef", 16);
	strcpy(event.path, "/a\"b\\\n\x1b\xc3\xa4\xff\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xe2\x82");
	check_line(&event, sizeof(event),
		   "{\"type\":\"exec\",\"pid\":12,\"ppid\":1,\"start_time\":123,"
		   "\"comm\":\"0123456789abcdef\",\"cgid\":7,\"action\":\"AUDIT\",\"path\":"
		   "\"/a\\\"b\\\\\\u000a\\u001b\xc3\xa4\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd"
		   "\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"}");
	memset(event.path, 'x', sizeof(event.path));
	check_unterminated(&event);
}

static void check_state(void)
{
	struct event_self self = {
		.pid = 5, .ppid = 1, .start_time = 9, .cgid = 1, .comm = "aegis-agent"};
	struct json json = {0};

	event_format_state(&self, STATE_ENFORCE, "BLOCK", "STARTUP", &json);
	CHECK_TEXT(json.text,
		   "{\"type\":\"state_change\",\"pid\":5,\"ppid\":1,\"start_time\":9,"
		   "\"comm\":\"aegis-agent\",\"cgid\":1,\"action\":\"BLOCK\",\"state\":\"ENFORCE\","
		   "\"reason\":\"STARTUP\"}");
	json_free(&json);
}

int main(void)
{
	check_net();
	check_block();
	check_hostile();
	check_state();
	return conclude("event");
}
