/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "policy.h"
#include "policy_item.h"

/* Longest line; an item that matters is far shorter. */
#define MAX_LINE 4400

/* Where the parser stands. */
struct parser {
	struct policy *policy;
	struct policy_error *error;
	const struct section *section;
	unsigned line;
};

/* `add` gets one trimmed item; NULL marks a flag without items, which `raise` sets. */
struct section {
	const char *name;
	const char *(*add)(struct parser *parser, const char *item);
	void (*raise)(struct policy *policy);
};

static const char *append(struct policy_list *list, const void *item, size_t size)
{
	if (list->count == POLICY_MAX_ITEMS)
		return "more than 1000000 items in one section";
	if (list->count == list->room) {
		size_t room = list->room ? list->room * 2 : 16;
		void *items = realloc(list->items, room * size);

		if (!items)
			return "out of memory";
		list->items = items;
		list->room = room;
	}
	memcpy((char *)list->items + list->count * size, item, size);
	list->count++;
	return NULL;
}

static const char *append_text(struct parser *parser, struct policy_list *list, const char *item)
{
	struct policy_text text = {.line = parser->line, .text = strdup(item)};
	const char *wrong = text.text ? append(list, &text, sizeof(text)) : "out of memory";

	if (wrong)
		free(text.text);
	return wrong;
}

static const char *add_path(struct parser *parser, const char *item)
{
	const char *wrong = policy_parse_path(item);

	return wrong ? wrong : append_text(parser, &parser->policy->deny_path, item);
}

static const char *add_exec(struct parser *parser, const char *item)
{
	const char *wrong = policy_parse_path(item);

	return wrong ? wrong : append_text(parser, &parser->policy->deny_exec, item);
}

static const char *add_cgroup(struct parser *parser, const char *item)
{
	const char *wrong = policy_parse_cgroup(item);

	return wrong ? wrong : append_text(parser, &parser->policy->allow_cgroup, item);
}

static const char *add_inode(struct parser *parser, const char *item)
{
	struct aegis_inode inode;
	const char *wrong = policy_parse_inode(item, &inode);

	return wrong ? wrong : append(&parser->policy->deny_inode, &inode, sizeof(inode));
}

static const char *add_ip(struct parser *parser, const char *item)
{
	struct aegis_addr addr;
	const char *wrong = policy_parse_ip(item, &addr);

	return wrong ? wrong : append(&parser->policy->deny_ip, &addr, sizeof(addr));
}

static const char *add_cidr(struct parser *parser, const char *item)
{
	struct aegis_cidr cidr;
	const char *wrong = policy_parse_cidr(item, &cidr);

	return wrong ? wrong : append(&parser->policy->deny_cidr, &cidr, sizeof(cidr));
}

static const char *add_ip_port(struct parser *parser, const char *item)
{
	struct aegis_ip_port rule;
	const char *wrong = policy_parse_ip_port(item, &rule);

	return wrong ? wrong : append(&parser->policy->deny_ip_port, &rule, sizeof(rule));
}

static const char *add_port(struct parser *parser, const char *item)
{
	struct aegis_port keys[POLICY_PORT_KEYS];
	size_t count = 0;
	const char *wrong = policy_parse_port(item, keys, &count);

	for (size_t i = 0; !wrong && i < count; i++)
		wrong = append(&parser->policy->deny_port, &keys[i], sizeof(keys[i]));
	return wrong;
}

static void raise_ptrace(struct policy *policy)
{
	policy->deny_ptrace = true;
}

static void raise_module_load(struct policy *policy)
{
	policy->deny_module_load = true;
}

static void raise_bpf(struct policy *policy)
{
	policy->deny_bpf = true;
}

static const struct section sections[] = {
	{"deny_path", add_path, NULL},       {"deny_inode", add_inode, NULL},
	{"allow_cgroup", add_cgroup, NULL},  {"deny_ip", add_ip, NULL},
	{"deny_cidr", add_cidr, NULL},       {"deny_ip_port", add_ip_port, NULL},
	{"deny_port", add_port, NULL},       {"deny_exec", add_exec, NULL},
	{"deny_ptrace", NULL, raise_ptrace}, {"deny_module_load", NULL, raise_module_load},
	{"deny_bpf", NULL, raise_bpf},
};

__attribute__((format(printf, 2, 3))) static int fail(struct parser *parser, const char *format,
						      ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(parser->error->message, sizeof(parser->error->message), format, args);
	va_end(args);
	parser->error->line = parser->line;
	return -1;
}

/* "[name]" opens a section; opening one twice goes on with it. */
static int open_section(struct parser *parser, char *line)
{
	size_t len = strlen(line);

	if (line[len - 1] != ']')
		return fail(parser, "section without a closing ]: %.80s", line);
	line[len - 1] = '\0';
	for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++) {
		if (strcmp(line + 1, sections[i].name) ||
		    (fault_refuses_kind() && sections[i].raise == raise_ptrace))
			continue;
		parser->section = &sections[i];
		if (sections[i].raise)
			sections[i].raise(parser->policy);
		return 0;
	}
	return fail(parser, "unknown section [%.80s]", line + 1);
}

static int parse_version(struct parser *parser, const char *line)
{
	static const char key[] = "version=";
	unsigned long long version = 0;

	if (strncmp(line, key, strlen(key)) ||
	    policy_parse_unsigned(line + strlen(key), 0xffffffffULL, &version) || !version)
		return fail(parser, "the first line must be version=N with N from 1");
	parser->policy->version = version;
	return 0;
}

/* A trimmed line, NUL-terminated and without a NUL inside. */
static int parse_line(struct parser *parser, char *line)
{
	const char *wrong;

	if (parser->line == 1)
		return parse_version(parser, line);
	if (!*line || *line == '#')
		return 0;
	if (*line == '[' &&
	    (!parser->section || parser->section->add != add_ip_port || !strchr(line, ':')))
		return open_section(parser, line);
	if (!parser->section)
		return fail(parser, "item outside of a section: %.80s", line);
	if (!parser->section->add)
		return fail(parser, "[%s] is a flag and takes no items: %.80s",
			    parser->section->name, line);
	wrong = parser->section->add(parser, line);
	return wrong ? fail(parser, "[%s] %s: %.80s", parser->section->name, wrong, line) : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Copies one line without the blanks around it and parses it. */
static int take_line(struct parser *parser, const char *from, size_t len)
{
	char line[MAX_LINE];

	while (len && is_blank(from[len - 1]))
		len--;
	for (; len && is_blank(*from); from++)
		len--;
	if (len >= sizeof(line))
		return fail(parser, "line longer than %zu bytes", sizeof(line) - 1);
	if (memchr(from, '\0', len))
		return fail(parser, "NUL byte in the line");
	memcpy(line, from, len);
	line[len] = '\0';
	return parse_line(parser, line);
}

int policy_parse(const char *bytes, size_t len, struct policy *policy, struct policy_error *error)
{
	struct parser parser = {.policy = policy, .error = error};

	memset(policy, 0, sizeof(*policy));
	memset(error, 0, sizeof(*error));
	if (!len)
		return fail(&parser, "the policy is empty");
	while (len) {
		const char *end = memchr(bytes, '\n', len);
		size_t line_len = end ? (size_t)(end - bytes) : len;

		parser.line++;
		if (take_line(&parser, bytes, line_len)) {
			policy_free(policy);
			return -1;
		}
		line_len += end != NULL;
		bytes += line_len;
		len -= line_len;
	}
	return 0;
}

static void free_texts(struct policy_list *list)
{
	struct policy_text *texts = list->items;

	for (size_t i = 0; i < list->count; i++)
		free(texts[i].text);
	free(texts);
}

void policy_free(struct policy *policy)
{
	free_texts(&policy->deny_path);
	free_texts(&policy->deny_exec);
	free_texts(&policy->allow_cgroup);
	free(policy->deny_inode.items);
	free(policy->deny_ip.items);
	free(policy->deny_cidr.items);
	free(policy->deny_ip_port.items);
	free(policy->deny_port.items);
	memset(policy, 0, sizeof(*policy));
}

size_t policy_rule_count(const struct policy *policy)
{
	return policy->deny_path.count + policy->deny_exec.count + policy->deny_inode.count +
	       policy->deny_ip.count + policy->deny_cidr.count + policy->deny_ip_port.count +
	       policy->deny_port.count + policy->deny_ptrace + policy->deny_module_load +
	       policy->deny_bpf;
}
