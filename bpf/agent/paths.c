/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "identity.h"
#include "paths.h"

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

static void collect(struct path_rules *paths, const struct policy_list *list, __u32 bits)
{
	const struct policy_text *texts = list->items;

	for (size_t i = 0; i < list->count; i++) {
		struct path_rule *rule = &paths->rules[paths->count++];

		*rule = (struct path_rule){.text = texts[i].text,
					   .watched = canonical_path(texts[i].text),
					   .bits = bits,
					   .pin = -1};
		resolve(rule);
	}
}

int paths_collect(struct path_rules *paths, const struct policy *policy)
{
	size_t count = policy->deny_path.count + policy->deny_exec.count;

	*paths = (struct path_rules){.rules = calloc(count + 1, sizeof(*paths->rules))};
	if (!paths->rules)
		return -ENOMEM;
	collect(paths, &policy->deny_path, AEGIS_INODE_FILE);
	collect(paths, &policy->deny_exec, AEGIS_INODE_EXEC);
	return 0;
}

static struct aegis_path path_key(const char *text)
{
	struct aegis_path key = {0};

	memcpy(key.path, text, strlen(text));
	return key;
}

/* The second name, for the tracepoints see what a process wrote; NULL: none. No map key is as long
 * as every path. */
static const char *second_name(const struct path_rule *rule)
{
	return rule->watched && strlen(rule->watched) < AEGIS_PATH_LEN ? rule->watched : NULL;
}

static void add_name(struct rules *rules, const struct path_rule *rule, const char *name)
{
	struct aegis_path key;

	if (!name)
		return;
	key = path_key(name);
	rules_add(rules, RULES_PATH, &key, rule->bits | (rule->resolved ? 0 : AEGIS_PATH_PENDING));
}

size_t paths_add(const struct path_rules *paths, struct rules *rules)
{
	size_t survivors = 0;

	for (size_t i = 0; i < paths->count; i++) {
		const struct path_rule *rule = &paths->rules[i];

		if (rule->resolved && rules_have(rules, RULES_SURVIVAL, &rule->inode)) {
			survivors++;
			continue;
		}
		if (rule->resolved)
			rules_add(rules, RULES_INODE, &rule->inode, rule->bits);
		add_name(rules, rule, rule->text);
		add_name(rules, rule, second_name(rule));
	}
	return survivors;
}

void paths_count_pending(struct object *object, const struct path_rules *paths)
{
	__u32 zero = 0, pending = 0;

	for (size_t i = 0; i < paths->count; i++)
		pending += !paths->rules[i].resolved;
	bpf_map_update_elem(object_map(object, ".data.pending"), &zero, &pending, BPF_ANY);
}

/* A file may be under several rules: their bits add up. */
static int forbid_inode(struct object *object, const struct aegis_inode *inode, __u32 bits)
{
	int fd = object_map(object, "deny_inode");
	__u32 before = 0;

	bpf_map_lookup_elem(fd, inode, &before);
	bits |= before;
	return bpf_map_update_elem(fd, inode, &bits, BPF_ANY) ? -errno : 0;
}

static int set_path_bits(struct object *object, const char *name, __u32 bits, bool pending)
{
	struct aegis_path key = path_key(name);
	int fd = object_map(object, "deny_path");
	__u32 before = 0;

	bpf_map_lookup_elem(fd, &key, &before);
	bits |= before & ~AEGIS_PATH_PENDING;
	if (pending)
		bits |= AEGIS_PATH_PENDING;
	return bpf_map_update_elem(fd, &key, &bits, BPF_ANY) ? -errno : 0;
}

static int write_names(struct object *object, const struct path_rule *rule, bool pending)
{
	const char *second = second_name(rule);
	int err = set_path_bits(object, rule->text, rule->bits, pending);

	if (!err && second)
		err = set_path_bits(object, second, rule->bits, pending);
	return err;
}

/* A file that no rule may take from the machine, on the LSM side or by a tracepoint. */
static bool survives(struct object *object, const struct path_rule *rule)
{
	__u8 yes;

	return rule->resolved &&
	       !bpf_map_lookup_elem(object_map(object, "survival"), &rule->inode, &yes);
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

/*
 * A rule whose path leads elsewhere now. Where the map is full of files that were replaced before,
 * the one that this rule named last makes room. What cannot be written stays pending, which denies
 * by path, and is tried again.
 */
static void rewrite_rule(struct object *object, struct path_rule *rule, bool had,
			 const struct aegis_inode *before)
{
	int err = write_rule(object, rule);

	if (err == -E2BIG && had && !bpf_map_delete_elem(object_map(object, "deny_inode"), before))
		err = write_rule(object, rule);
	if (!err)
		return;
	fprintf(stderr, "aegis-agent: rule %s: %s; it is tried again\n", rule->text,
		strerror(-err));
	rule->resolved = false;
	write_names(object, rule, true);
}

void paths_refresh(struct object *object, struct path_rules *paths)
{
	bool changed = false;

	for (size_t i = 0; i < paths->count; i++) {
		struct path_rule *rule = &paths->rules[i];
		struct aegis_inode before = rule->inode;
		bool had = rule->resolved;

		if (!resolve(rule))
			continue;
		changed = true;
		rewrite_rule(object, rule, had, &before);
	}
	if (changed)
		paths_count_pending(object, paths);
}

void paths_free(struct path_rules *paths)
{
	for (size_t i = 0; i < paths->count; i++) {
		if (paths->rules[i].pin >= 0)
			close(paths->rules[i].pin);
		free(paths->rules[i].watched);
	}
	free(paths->rules);
	*paths = (struct path_rules){0};
}
