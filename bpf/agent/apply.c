/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aegis/aegis_abi.h"
#include "apply.h"
#include "identity.h"

/* Files no rule may take from the machine; the first two are whatever runs as init and as the
 * agent. */
static const char *const survival_paths[] = {
	"/proc/1/exe",
	"/proc/self/exe",
	"/sbin/init",
	"/lib/systemd/systemd",
	"/lib64/ld-linux-x86-64.so.2",
	"/lib/ld-linux-aarch64.so.1",
	"/lib/x86_64-linux-gnu/libc.so.6",
	"/lib/aarch64-linux-gnu/libc.so.6",
	"/lib64/libc.so.6",
};
#define SURVIVAL_COUNT (sizeof(survival_paths) / sizeof(*survival_paths))

static int map_fd(struct object *object, const char *name)
{
	return bpf_object__find_map_fd_by_name(object->bpf, name);
}

static int update(struct object *object, const char *map, const void *key, const void *value)
{
	return bpf_map_update_elem(map_fd(object, map), key, value, BPF_ANY) ? -errno : 0;
}

static int update_all(struct object *object, const char *map, const struct policy_list *list,
		      size_t size)
{
	__u8 yes = 1;
	int err = 0;

	for (size_t i = 0; !err && i < list->count; i++)
		err = update(object, map, (const char *)list->items + i * size, &yes);
	return err;
}

/* A file may be under several rules: their bits add up. */
static int forbid_inode(struct object *object, const struct aegis_inode *inode, __u32 bits)
{
	__u32 before = 0;

	bpf_map_lookup_elem(map_fd(object, "deny_inode"), inode, &before);
	bits |= before;
	return update(object, "deny_inode", inode, &bits);
}

static int set_path_bits(struct object *object, const char *text, __u32 bits, bool pending)
{
	struct aegis_path key = {0};
	__u32 before = 0;

	memcpy(key.path, text, strlen(text));
	bpf_map_lookup_elem(map_fd(object, "deny_path"), &key, &before);
	bits |= before & ~AEGIS_PATH_PENDING;
	if (pending)
		bits |= AEGIS_PATH_PENDING;
	return update(object, "deny_path", &key, &bits);
}

static void set_pending_count(struct object *object, const struct applied *applied)
{
	__u32 zero = 0, pending = 0;

	for (size_t i = 0; i < applied->path_count; i++)
		pending += !applied->paths[i].resolved;
	bpf_map_update_elem(map_fd(object, ".data.pending"), &zero, &pending, BPF_ANY);
}

/* The path that is looked at again: symlinks are followed once, when the policy is applied. */
static const char *watched_path(const struct path_rule *rule)
{
	return rule->watched ? rule->watched : rule->text;
}

/* `text` without symlinks; of a file that is not there yet, its folder without symlinks. */
static char *canonical_path(const char *text)
{
	const char *slash = strrchr(text, '/');
	char folder[PATH_MAX], whole[PATH_MAX * 2];
	char *path = realpath(text, NULL);

	if (!path && slash && slash != text && slash - text < PATH_MAX) {
		char *parent;

		snprintf(folder, sizeof(folder), "%.*s", (int)(slash - text), text);
		parent = realpath(folder, NULL);
		if (parent) {
			snprintf(whole, sizeof(whole), "%s%s", parent, slash);
			path = strdup(whole);
		}
		free(parent);
	}
	if (path && !strcmp(path, text)) {
		free(path);
		path = NULL;
	}
	return path;
}

/* Where a rule's path leads now. True when that has changed. */
static bool resolve(struct path_rule *rule)
{
	struct aegis_inode inode;
	int pin;
	bool found = identity_of_file(watched_path(rule), IDENTITY_NO_SYMLINKS, &inode, &pin) == 0;

	if (found == rule->resolved && (!found || !memcmp(&inode, &rule->inode, sizeof(inode)))) {
		if (pin >= 0)
			close(pin);
		return false;
	}
	if (rule->pin >= 0)
		close(rule->pin);
	rule->pin = pin;
	rule->resolved = found;
	if (found)
		rule->inode = inode;
	return true;
}

/* A file that no rule may take from the machine, on the LSM side or by a tracepoint. */
static bool survives(struct object *object, const struct path_rule *rule)
{
	__u8 yes;

	return rule->resolved &&
	       !bpf_map_lookup_elem(map_fd(object, "survival"), &rule->inode, &yes);
}

/* Under both names, for the tracepoints see what a process wrote. No map key is as long as every
 * path. */
static int write_names(struct object *object, const struct path_rule *rule, bool pending)
{
	int err = set_path_bits(object, rule->text, rule->bits, pending);

	if (!err && rule->watched && strlen(rule->watched) < AEGIS_PATH_LEN)
		err = set_path_bits(object, rule->watched, rule->bits, pending);
	return err;
}

/* The inode first, and only then the path stops to be pending: one of the two denies at any moment.
 */
static int write_rule(struct object *object, const struct path_rule *rule)
{
	int err = 0;

	if (survives(object, rule))
		return 0;
	if (rule->resolved)
		err = forbid_inode(object, &rule->inode, rule->bits);
	return err ? err : write_names(object, rule, !rule->resolved);
}

static void collect_paths(struct applied *applied, const struct policy_list *list, __u32 bits)
{
	const struct policy_text *texts = list->items;

	for (size_t i = 0; i < list->count; i++) {
		struct path_rule *rule = &applied->paths[applied->path_count++];

		*rule = (struct path_rule){.text = texts[i].text,
					   .watched = canonical_path(texts[i].text),
					   .bits = bits,
					   .pin = -1};
		resolve(rule);
	}
}

static int apply_survival(struct object *object, struct applied *applied)
{
	__u8 yes = 1;
	int err = 0;

	for (size_t i = 0; !err && i < SURVIVAL_COUNT; i++) {
		struct aegis_inode inode;
		int pin;

		if (identity_of_file(survival_paths[i], IDENTITY_FOLLOW, &inode, &pin))
			continue;
		err = update(object, "survival", &inode, &yes);
		for (size_t p = 0; p < applied->path_count; p++)
			applied->ineffective +=
				applied->paths[p].resolved &&
				!memcmp(&applied->paths[p].inode, &inode, sizeof(inode));
		/* A pin of an overlay inode is kept for as long as the agent lives: the rule is,
		 * too. */
	}
	return err;
}

static int apply_paths(struct object *object, struct applied *applied)
{
	int err = 0;

	for (size_t i = 0; !err && i < applied->path_count; i++)
		err = write_rule(object, &applied->paths[i]);
	set_pending_count(object, applied);
	return err;
}

static int apply_inodes(struct object *object, const struct policy *policy)
{
	const struct aegis_inode *inodes = policy->deny_inode.items;
	int err = 0;

	for (size_t i = 0; !err && i < policy->deny_inode.count; i++)
		err = forbid_inode(object, &inodes[i], AEGIS_INODE_FILE);
	return err;
}

static int apply_network(struct object *object, const struct policy *policy)
{
	int err = update_all(object, "deny_ip", &policy->deny_ip, sizeof(struct aegis_addr));

	if (!err)
		err = update_all(object, "deny_cidr", &policy->deny_cidr,
				 sizeof(struct aegis_cidr));
	if (!err)
		err = update_all(object, "deny_ip_port", &policy->deny_ip_port,
				 sizeof(struct aegis_ip_port));
	if (!err)
		err = update_all(object, "deny_port", &policy->deny_port,
				 sizeof(struct aegis_port));
	return err;
}

static int fail(struct failure *failure, const char *code, unsigned line, const char *what, int err)
{
	failure->code = code;
	if (line)
		snprintf(failure->message, sizeof(failure->message), "line %u: %.300s: %s", line,
			 what, strerror(-err));
	else
		snprintf(failure->message, sizeof(failure->message), "%.300s: %s", what,
			 strerror(-err));
	return -1;
}

/* The ids of the exempt cgroups; a cgroup that is not there is an error, since the exemption would
 * silently not be. */
static int look_up_cgroups(const struct policy *policy, __u64 *ids, struct failure *failure)
{
	const struct policy_text *texts = policy->allow_cgroup.items;

	for (size_t i = 0; i < policy->allow_cgroup.count; i++) {
		int err = identity_of_cgroup(texts[i].text, &ids[i]);

		if (err)
			return fail(failure, "POLICY_INVALID", texts[i].line, texts[i].text, err);
	}
	return 0;
}

static int write_all(struct object *object, const struct policy *policy, struct applied *applied,
		     const __u64 *cgroups)
{
	__u8 yes = 1;
	int err = 0;

	for (size_t i = 0; !err && i < policy->allow_cgroup.count; i++)
		err = update(object, "allow_cgroup", &cgroups[i], &yes);
	if (!err)
		err = apply_survival(object, applied);
	if (!err)
		err = apply_inodes(object, policy);
	if (!err)
		err = apply_paths(object, applied);
	if (!err)
		err = apply_network(object, policy);
	return err;
}

int apply_policy(struct object *object, const struct policy *policy, struct applied *applied,
		 struct failure *failure)
{
	size_t paths = policy->deny_path.count + policy->deny_exec.count;
	__u64 *cgroups = calloc(policy->allow_cgroup.count + 1, sizeof(*cgroups));
	int err;

	*applied = (struct applied){.paths = calloc(paths + 1, sizeof(*applied->paths))};
	if (!cgroups || !applied->paths) {
		free(cgroups);
		return fail(failure, "POLICY_FAILED", 0, "policy", -ENOMEM);
	}
	if (look_up_cgroups(policy, cgroups, failure)) {
		free(cgroups);
		return -1;
	}
	collect_paths(applied, &policy->deny_path, AEGIS_INODE_FILE);
	collect_paths(applied, &policy->deny_exec, AEGIS_INODE_EXEC);
	err = write_all(object, policy, applied, cgroups);
	free(cgroups);
	return err ? fail(failure, "POLICY_FAILED", 0, "the policy does not fit the maps", err) : 0;
}

int apply_config(struct object *object, const struct policy *policy, const struct options *options,
		 enum runtime_state state)
{
	unsigned needs = policy_needs(policy);
	struct agent_config config = {
		.audit_only = !posture_enforces(state),
		.enforce_signal = options->enforce_signal,
		.file_policy_empty = !(needs & (NEED_FILE | NEED_EXEC)),
		.net_policy_empty = !(needs & NEED_NETWORK),
		.kill_threshold = options->kill_threshold,
		.kill_window_s = options->kill_window_s,
		.policy_generation = 1,
		.deny_ptrace = policy->deny_ptrace,
		.deny_module_load = policy->deny_module_load,
		.deny_bpf = policy->deny_bpf,
		.signal_fallback_enforce = state == STATE_ENFORCE_SIGNAL,
	};
	__u32 zero = 0;

	return update(object, "agent_config", &zero, &config);
}

/*
 * A rule whose path leads elsewhere now. Where the map is full of files that were replaced before,
 * the one that this rule named last makes room. What cannot be written stays pending, which denies
 * by path, and is tried again.
 */
static void rewrite_rule(struct object *object, struct path_rule *rule, bool had,
			 const struct aegis_inode *before)
{
	int err = write_rule(object, rule);

	if (err == -E2BIG && had && !bpf_map_delete_elem(map_fd(object, "deny_inode"), before))
		err = write_rule(object, rule);
	if (!err)
		return;
	fprintf(stderr, "aegis-agent: rule %s: %s; it is tried again\n", rule->text,
		strerror(-err));
	rule->resolved = false;
	write_names(object, rule, true);
}

void apply_refresh(struct object *object, struct applied *applied)
{
	bool changed = false;

	for (size_t i = 0; i < applied->path_count; i++) {
		struct path_rule *rule = &applied->paths[i];
		struct aegis_inode before = rule->inode;
		bool had = rule->resolved;

		if (!resolve(rule))
			continue;
		changed = true;
		rewrite_rule(object, rule, had, &before);
	}
	if (changed)
		set_pending_count(object, applied);
}

void applied_free(struct applied *applied)
{
	for (size_t i = 0; i < applied->path_count; i++) {
		if (applied->paths[i].pin >= 0)
			close(applied->paths[i].pin);
		free(applied->paths[i].watched);
	}
	free(applied->paths);
	*applied = (struct applied){0};
}
