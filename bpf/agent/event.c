/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <string.h>

#include "aegis/aegis_abi.h"
#include "event.h"

#define NAME_OF(table, index) ((index) < sizeof(table) / sizeof(*(table)) ? (table)[index] : NULL)

static const char *const action_names[] = {
	[AEGIS_ACTION_AUDIT] = "AUDIT", [AEGIS_ACTION_BLOCK] = "BLOCK",
	[AEGIS_ACTION_TERM] = "TERM",   [AEGIS_ACTION_INT] = "INT",
	[AEGIS_ACTION_KILL] = "KILL",
};

static const char *const rule_names[] = {
	[AEGIS_RULE_IP] = "ip",
	[AEGIS_RULE_CIDR] = "cidr",
	[AEGIS_RULE_IP_PORT] = "ip_port",
	[AEGIS_RULE_PORT] = "port",
	[AEGIS_RULE_INODE] = "inode",
	[AEGIS_RULE_PATH] = "path",
	[AEGIS_RULE_EXEC] = "exec",
	[AEGIS_RULE_PTRACE] = "ptrace",
	[AEGIS_RULE_MODULE_LOAD] = "module_load",
	[AEGIS_RULE_BPF] = "bpf",
};

static const char *const net_types[] = {
	[AEGIS_EGRESS] = "net_connect_block", [AEGIS_BIND] = "net_bind_block",
	[AEGIS_LISTEN] = "net_listen_block",  [AEGIS_ACCEPT] = "net_accept_block",
	[AEGIS_SEND] = "net_sendmsg_block",   [AEGIS_RECV] = "net_recvmsg_block",
};

static const char *const direction_names[] = {
	[AEGIS_EGRESS] = "egress", [AEGIS_BIND] = "bind", [AEGIS_LISTEN] = "listen",
	[AEGIS_ACCEPT] = "accept", [AEGIS_SEND] = "send", [AEGIS_RECV] = "recv",
};

/* As in field 22 of /proc/PID/stat, so that an event can be matched with a process: USER_HZ is 100.
 */
#define NSEC_PER_TICK 10000000ULL

static void put_head(struct json *json, const char *type, const struct aegis_event *head)
{
	json_open(json, NULL, '{');
	json_text(json, "type", type);
	json_unsigned(json, "pid", head->pid);
	json_unsigned(json, "ppid", head->ppid);
	json_unsigned(json, "start_time", head->start_time / NSEC_PER_TICK);
	json_string(json, "comm", head->comm, sizeof(head->comm));
	json_unsigned(json, "cgid", head->cgid);
	json_text(json, "action", action_names[head->action]);
}

static void finish(struct json *json)
{
	json_close(json, '}');
	json->comma = false;
}

/* A path where user space named one, the inode where the kernel did. */
static bool format_block(const struct aegis_block_event *event, struct json *json)
{
	const char *rule = NAME_OF(rule_names, event->head.rule);

	if (!rule || event->head.rule < AEGIS_RULE_INODE)
		return false;
	put_head(json, "block", &event->head);
	json_text(json, "rule", rule);
	if (event->path[0])
		json_string(json, "path", event->path, sizeof(event->path));
	if (event->ino) {
		json_unsigned(json, "ino", event->ino);
		json_unsigned(json, "dev", event->dev);
	}
	if (event->head.rule == AEGIS_RULE_PTRACE)
		json_unsigned(json, "target_pid", event->target_pid);
	finish(json);
	return true;
}

static bool format_exec(const struct aegis_exec_event *event, struct json *json)
{
	put_head(json, "exec", &event->head);
	json_string(json, "path", event->path, sizeof(event->path));
	finish(json);
	return true;
}

static void put_protocol(struct json *json, unsigned protocol)
{
	switch (protocol) {
	case 6:
		json_text(json, "protocol", "tcp");
		break;
	case 17:
		json_text(json, "protocol", "udp");
		break;
	default:
		json_text(json, "protocol", "other");
	}
}

static bool format_net(const struct aegis_net_event *event, struct json *json)
{
	const char *type = NAME_OF(net_types, event->direction);
	const char *rule = NAME_OF(rule_names, event->head.rule);
	bool v4 = event->remote.family == AEGIS_AF_INET;
	char address[INET6_ADDRSTRLEN];

	if (!type || !rule || event->head.rule > AEGIS_RULE_PORT)
		return false;
	if (!v4 && event->remote.family != AEGIS_AF_INET6)
		return false;
	inet_ntop(v4 ? AF_INET : AF_INET6, event->remote.addr, address, sizeof(address));
	put_head(json, type, &event->head);
	json_text(json, "family", v4 ? "ipv4" : "ipv6");
	put_protocol(json, event->protocol);
	json_text(json, "direction", direction_names[event->direction]);
	json_text(json, "remote_ip", address);
	json_unsigned(json, "remote_port", event->remote_port);
	json_unsigned(json, "local_port", event->local_port);
	json_text(json, "rule_type", rule);
	finish(json);
	return true;
}

bool event_format(const void *record, size_t len, struct json *json)
{
	const struct aegis_event *head = record;

	if (len < sizeof(*head) || !NAME_OF(action_names, head->action))
		return false;
	switch (head->type) {
	case AEGIS_EVENT_BLOCK:
		return len == sizeof(struct aegis_block_event) && format_block(record, json);
	case AEGIS_EVENT_EXEC:
		return len == sizeof(struct aegis_exec_event) && format_exec(record, json);
	case AEGIS_EVENT_NET:
		return len == sizeof(struct aegis_net_event) && format_net(record, json);
	default:
		return false;
	}
}

void event_format_state(const struct event_self *self, enum runtime_state state, const char *action,
			const char *reason, struct json *json)
{
	json_open(json, NULL, '{');
	json_text(json, "type", "state_change");
	json_unsigned(json, "pid", self->pid);
	json_unsigned(json, "ppid", self->ppid);
	json_unsigned(json, "start_time", self->start_time);
	json_text(json, "comm", self->comm);
	json_unsigned(json, "cgid", self->cgid);
	json_text(json, "action", action);
	json_text(json, "state", posture_name(state));
	json_text(json, "reason", reason);
	finish(json);
}
