/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rule maps shall hold, and getting them there without a moment in which a rule that was
 * and will be in force is not.
 */
#ifndef AGENT_RULES_H
#define AGENT_RULES_H

#include "object.h"

/* In the order in which they are written: an inode is denied before its path stops to be pending.
 */
enum rule_map {
	RULES_CGROUP,
	RULES_SURVIVAL,
	RULES_INODE,
	RULES_PATH,
	RULES_IP,
	RULES_CIDR,
	RULES_IP_PORT,
	RULES_PORT,
	RULE_MAP_COUNT,
};

/* Records of one map: its key, then the value and what the map held before, both __u32. */
struct rule_table {
	char *records;
	size_t count;
	size_t room;
};

struct rules {
	struct rule_table tables[RULE_MAP_COUNT];
	bool failed; /* memory ran out; rules_write says so */
};

/* A value is never 0. The same key may be added again: the bits of its values add up. */
void rules_add(struct rules *rules, enum rule_map map, const void *key, __u32 value);
bool rules_have(const struct rules *rules, enum rule_map map, const void *key);

/* Adds to the maps, takes nothing away. 0; or -errno with the maps as they were. */
int rules_write(struct object *object, struct rules *rules);

/* After rules_write: takes everything else away. The survival list is kept: a file of it may be
 * out of sight for a moment. 0 or -errno with some of it left. */
int rules_settle(struct object *object, const struct rules *rules);

void rules_free(struct rules *rules);

#endif
