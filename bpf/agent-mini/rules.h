/* SPDX-License-Identifier: Apache-2.0 */
/* The rules: a policy file in text, and the binary file between `apply` and `watch`. */
#ifndef MINI_RULES_H
#define MINI_RULES_H

#include "mini.h"

#define RULES_MAX 512

struct rules {
	char magic[8];
	__u32 version;
	__u32 file_count;
	__u32 address_count;
	__u32 process_count;
	struct mini_file files[RULES_MAX];
	struct mini_address addresses[RULES_MAX];
	struct mini_name processes[RULES_MAX];
};

/* 0, or -1 after telling file and line on stderr. */
int rules_parse(const char *path, struct rules *rules);

/* 0, or -1 with errno. */
int rules_save(const char *path, const struct rules *rules);
int rules_load(const char *path, struct rules *rules);

#endif
