/* SPDX-License-Identifier: Apache-2.0 */
/* The programs in the kernel: loaded, filled with rules, attached. */
#ifndef MINI_GUARD_H
#define MINI_GUARD_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "rules.h"

#define GUARD_HOOKS 10

struct guard {
	struct bpf_object *object;
	struct bpf_link *links[GUARD_HOOKS];
	const char *hook_states[GUARD_HOOKS]; /* "attached", why not, or NULL: not loaded */
	bool lsm_enabled;
};

/* The bare name of a hook, `file_open`. */
const char *guard_hook(int index);

/* What is attached is in `hook_states`. NULL; or the first thing that failed, as a blocker. */
const char *guard_start(struct guard *guard, const char *object, const struct rules *rules,
			bool enforce);
void guard_stop(struct guard *guard);

#endif
