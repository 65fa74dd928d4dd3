/* SPDX-License-Identifier: Apache-2.0 */
/* Path rules: where each path leads, when the policy is applied and ever after. */
#ifndef AGENT_PATHS_H
#define AGENT_PATHS_H

#include "policy.h"
#include "rules.h"

/* One path rule and where it led when last looked at. */
struct path_rule {
	const char *text; /* of the policy */
	/* Where the text led when the policy was applied, without symlinks; NULL when that is the
	 * text.
	 */
	char *watched;
	__u32 bits; /* AEGIS_INODE_* */
	bool resolved;
	struct aegis_inode inode;
	int pin; /* descriptor that keeps an overlay inode in memory; -1 */
};

struct path_rules {
	struct path_rule *rules;
	size_t count;
};

/* Looks every path of the policy up; refers to its texts. 0 or -ENOMEM. */
int paths_collect(struct path_rules *paths, const struct policy *policy);

/* As records of maps, but for files of the survival list, which is in `rules` already. Returns how
 * many those were. */
size_t paths_add(const struct path_rules *paths, struct rules *rules);

/* Writes for the object how many rules it has to match by their strings. */
void paths_count_pending(struct object *object, const struct path_rules *paths);

/* Looks at every path again: files that appeared or were replaced are denied too. */
void paths_refresh(struct object *object, struct path_rules *paths);

void paths_free(struct path_rules *paths);

#endif
