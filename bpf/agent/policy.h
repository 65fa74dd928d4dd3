/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policy file as a value. Parsing is pure: bytes in, a policy or one located error out; nothing
 * is looked up and nothing applied, so that a bad line in a policy leaves the machine as it was.
 */
#ifndef AGENT_POLICY_H
#define AGENT_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "aegis/aegis_abi.h"

/* Items of one section; more is an error, before memory is. */
#define POLICY_MAX_ITEMS 1000000

/* A text item and the line it stands on, counted from 1. */
struct policy_text {
	unsigned line;
	char *text;
};

/* A growing array; `items` points to `count` elements of the type the member's name says. */
struct policy_list {
	void *items;
	size_t count;
	size_t room;
};

struct policy {
	unsigned version;
	struct policy_list deny_path;    /* struct policy_text, absolute */
	struct policy_list deny_exec;    /* struct policy_text, absolute */
	struct policy_list allow_cgroup; /* struct policy_text, a path or an id */
	struct policy_list deny_inode;   /* struct aegis_inode */
	struct policy_list deny_ip;      /* struct aegis_addr */
	struct policy_list deny_cidr;    /* struct aegis_cidr */
	struct policy_list deny_ip_port; /* struct aegis_ip_port */
	struct policy_list deny_port;    /* struct aegis_port, `any` and `both` spelt out */
	bool deny_ptrace;
	bool deny_module_load;
	bool deny_bpf;
};

struct policy_error {
	unsigned line; /* from 1; 0 when it is about the file as a whole */
	char message[192];
};

/*
 * Parses `len` bytes. 0, or -1 with `error` filled and `policy` empty. The policy owns its memory:
 * policy_free in either case is allowed.
 */
int policy_parse(const char *bytes, size_t len, struct policy *policy, struct policy_error *error);

void policy_free(struct policy *policy);

/* Rules in the policy, flags included. */
size_t policy_rule_count(const struct policy *policy);

#endif
