/* SPDX-License-Identifier: Apache-2.0 */
/* A policy into the maps of a loaded object: the first one, and another in its place. */
#ifndef AGENT_APPLY_H
#define AGENT_APPLY_H

#include "options.h"
#include "paths.h"

#define SURVIVAL_MAX 16

/* What a policy in force refers to; it refers to the policy's texts itself. */
struct applied {
	struct path_rules paths;
	size_t ineffective; /* path rules on files of the survival list */
	/* Descriptors that keep the overlay inodes of the survival list in memory. */
	int survival_pins[SURVIVAL_MAX];
	size_t survival_pin_count;
};

/*
 * Everything the policy names is looked up before the first map is written. 0, or -1 with `failure`
 * filled; enforcement is not on yet in either case (apply_config does that). applied_free in either
 * case.
 */
int apply_policy(struct object *object, const struct policy *policy, struct applied *applied,
		 struct failure *failure);

/* Writes agent_config: from here on matched rules are acted on, or only reported. 0 or -errno. */
int apply_config(struct object *object, const struct policy *policy, const struct options *options,
		 enum runtime_state state, unsigned long long generation);

/* A policy in the place of the one in force. */
struct change {
	const struct policy *policy;
	const struct options *options;
	enum runtime_state state;
	unsigned long long generation; /* of the policy in force; the new one gets the next */
};

/*
 * What is new is added, then what went is taken away: a rule in both policies is in force all the
 * while. The generation shows that it is done. 0, or -1 with `failure` filled and the policy in
 * force untouched. applied_free in either case.
 */
int apply_change(struct object *object, const struct change *change, struct applied *applied,
		 struct failure *failure);

/* Looks at every path rule again. */
void apply_refresh(struct object *object, struct applied *applied);

void applied_free(struct applied *applied);

#endif
