/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "aegis/aegis_abi.h"
#include "rules.h"

static const struct shape {
	const char *name;
	size_t key_size;
	bool one_byte; /* the value; otherwise four */
} shapes[RULE_MAP_COUNT] = {
	[RULES_CGROUP] = {"allow_cgroup", sizeof(__u64), true},
	[RULES_SURVIVAL] = {"survival", sizeof(struct aegis_inode), true},
	[RULES_INODE] = {"deny_inode", sizeof(struct aegis_inode), false},
	[RULES_PATH] = {"deny_path", sizeof(struct aegis_path), false},
	[RULES_IP] = {"deny_ip", sizeof(struct aegis_addr), true},
	[RULES_CIDR] = {"deny_cidr", sizeof(struct aegis_cidr), true},
	[RULES_IP_PORT] = {"deny_ip_port", sizeof(struct aegis_ip_port), true},
	[RULES_PORT] = {"deny_port", sizeof(struct aegis_port), true},
};

struct tail {
	__u32 value;
	__u32 before; /* 0: the map did not have the key */
};

static size_t stride(const struct shape *shape)
{
	return shape->key_size + sizeof(struct tail);
}

static char *record(const struct shape *shape, const struct rule_table *table, size_t index)
{
	return table->records + index * stride(shape);
}

/* Every key size is a multiple of four. */
static struct tail *tail(const struct shape *shape, char *record)
{
	return (struct tail *)(record + shape->key_size);
}

static bool append(const struct shape *shape, struct rule_table *table, const void *key,
		   __u32 value)
{
	char *to;

	if (table->count == table->room) {
		size_t room = table->room ? table->room * 2 : 16;
		char *larger = realloc(table->records, room * stride(shape));

		if (!larger)
			return false;
		table->records = larger;
		table->room = room;
	}
	to = record(shape, table, table->count++);
	memcpy(to, key, shape->key_size);
	*tail(shape, to) = (struct tail){.value = value};
	return true;
}

void rules_add(struct rules *rules, enum rule_map map, const void *key, __u32 value)
{
	if (!append(&shapes[map], &rules->tables[map], key, value))
		rules->failed = true;
}

bool rules_have(const struct rules *rules, enum rule_map map, const void *key)
{
	for (size_t i = 0; i < rules->tables[map].count; i++)
		if (!memcmp(record(&shapes[map], &rules->tables[map], i), key,
			    shapes[map].key_size))
			return true;
	return false;
}

static int compare(const void *left, const void *right, void *shape)
{
	return memcmp(left, right, ((const struct shape *)shape)->key_size);
}

/* In the order of keys, each once. */
static void sort(const struct shape *shape, struct rule_table *table)
{
	size_t kept = 0;

	if (!table->count)
		return;
	qsort_r(table->records, table->count, stride(shape), compare, (void *)shape);
	for (size_t i = 1; i < table->count; i++) {
		char *last = record(shape, table, kept), *next = record(shape, table, i);

		if (!memcmp(last, next, shape->key_size))
			tail(shape, last)->value |= tail(shape, next)->value;
		else
			memmove(record(shape, table, ++kept), next, stride(shape));
	}
	table->count = kept + 1;
}

/* In a sorted table; NULL: not there. */
static char *find(const struct shape *shape, const struct rule_table *table, const void *key)
{
	size_t low = 0, high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		char *found = record(shape, table, middle);
		int order = memcmp(key, found, shape->key_size);

		if (!order)
			return found;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static int put(int fd, const struct shape *shape, const void *key, __u32 value)
{
	__u8 byte = value;

	return bpf_map_update_elem(fd, key, shape->one_byte ? (void *)&byte : (void *)&value,
				   BPF_ANY)
		       ? -errno
		       : 0;
}

/* What a map holds, sorted. Never by looking a key up: a prefix would be found in a wider one. */
static int list_map(int fd, const struct shape *shape, struct rule_table *table)
{
	char key[sizeof(struct aegis_path)], next[sizeof(struct aegis_path)];
	void *from = NULL;

	*table = (struct rule_table){0};
	while (!bpf_map_get_next_key(fd, from, next)) {
		__u32 value = 0;
		__u8 byte = 0;

		memcpy(key, next, shape->key_size);
		from = key;
		bpf_map_lookup_elem(fd, key, shape->one_byte ? (void *)&byte : (void *)&value);
		if (!append(shape, table, key, value | byte))
			return -ENOMEM;
	}
	sort(shape, table);
	return 0;
}

/* Back to what was before, for the first `count` records. */
static void undo_table(int fd, const struct shape *shape, struct rule_table *table, size_t count)
{
	while (count--) {
		char *key = record(shape, table, count);

		if (tail(shape, key)->before)
			put(fd, shape, key, tail(shape, key)->before);
		else
			bpf_map_delete_elem(fd, key);
	}
}

/* A file under other rules than before is under both until rules_settle. */
static int write_table(int fd, const struct shape *shape, struct rule_table *table)
{
	struct rule_table old;
	int err = list_map(fd, shape, &old);
	size_t done = 0;

	for (; !err && done < table->count; done++) {
		char *key = record(shape, table, done);
		char *known = find(shape, &old, key);
		struct tail *entry = tail(shape, key);

		entry->before = known ? tail(shape, known)->value : 0;
		if (entry->before != (entry->before | entry->value))
			err = put(fd, shape, key, entry->before | entry->value);
	}
	free(old.records);
	if (err)
		undo_table(fd, shape, table, done);
	return err;
}

int rules_write(struct object *object, struct rules *rules)
{
	int err = rules->failed ? -ENOMEM : 0;
	size_t map = 0;

	for (; !err && map < RULE_MAP_COUNT; map++) {
		sort(&shapes[map], &rules->tables[map]);
		err = write_table(object_map(object, shapes[map].name), &shapes[map],
				  &rules->tables[map]);
	}
	if (!err)
		return 0;
	/* The last one has undone itself. */
	for (map = map ? map - 1 : 0; map--;)
		undo_table(object_map(object, shapes[map].name), &shapes[map], &rules->tables[map],
			   rules->tables[map].count);
	return err;
}

static int settle_table(int fd, const struct shape *shape, const struct rule_table *table)
{
	struct rule_table now;
	int err = list_map(fd, shape, &now);

	for (size_t i = 0; !err && i < now.count; i++) {
		char *key = record(shape, &now, i);
		char *wanted = find(shape, table, key);

		if (!wanted)
			err = bpf_map_delete_elem(fd, key) ? -errno : 0;
		else if (tail(shape, wanted)->value != tail(shape, key)->value)
			err = put(fd, shape, key, tail(shape, wanted)->value);
	}
	free(now.records);
	return err;
}

/* Backwards: a path that is no longer pending teaches no inode that has been taken away. */
int rules_settle(struct object *object, const struct rules *rules)
{
	int err = 0;

	for (size_t map = RULE_MAP_COUNT; !err && map--;)
		if (map != RULES_SURVIVAL)
			err = settle_table(object_map(object, shapes[map].name), &shapes[map],
					   &rules->tables[map]);
	return err;
}

void rules_free(struct rules *rules)
{
	for (size_t map = 0; map < RULE_MAP_COUNT; map++)
		free(rules->tables[map].records);
	*rules = (struct rules){0};
}
