/* SPDX-License-Identifier: Apache-2.0 */
/* Arguments that a kernel could give to the programs at a hook. */
#ifndef PROBE_ARGUMENTS_H
#define PROBE_ARGUMENTS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

enum { ARGUMENTS_MAX = 6 };

struct arguments {
	size_t count;
	__u64 values[ARGUMENTS_MAX];
};

/* Before anything else. 0, or -1 with errno. */
int arguments_prepare(void);

bool arguments_known(const char *hook);

/*
 * Fills them in: of an operation that could be, with a file that nobody has seen yet, or where
 * `real` is false with addresses that cannot be read. 0, or -1 with errno.
 */
int arguments_of(const char *hook, bool real, struct arguments *arguments);

#endif
