/* SPDX-License-Identifier: Apache-2.0 */
/* A policy into the maps of a loaded object, and keeping its paths true while files come and go. */
#ifndef AGENT_APPLY_H
#define AGENT_APPLY_H

#include "object.h"
#include "options.h"
#include "policy.h"

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

struct applied {
	struct path_rule *paths;
	size_t path_count;
	size_t ineffective; /* rules on files of the survival list */
};

/*
 * Everything the policy names is looked up before the first map is written. 0, or -1 with `failure`
 * filled; enforcement is not on yet in either case (apply_config does that). `applied` refers to
 * the policy's texts.
 */
int apply_policy(struct object *object, const struct policy *policy, struct applied *applied,
		 struct failure *failure);

/* Writes agent_config: from here on matched rules are acted on, or only told. 0 or -errno. */
int apply_config(struct object *object, const struct policy *policy, const struct options *options,
		 enum runtime_state state);

/* Looks at every path rule again: files that appeared or were replaced by an exempt process are
 * denied too. */
void apply_refresh(struct object *object, struct applied *applied);

void applied_free(struct applied *applied);

#endif
