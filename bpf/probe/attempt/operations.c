// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>
#include <string.h>

#include "attempt.h"

static const struct operation *const tables[] = {
	open_operations,    file_operations,   map_operations,      bypass_operations,
	overlay_operations, swap_operations,   uring_operations,    exec_operations,
	process_operations, module_operations, bpf_operations,      connect_operations,
	send_operations,    listen_operations, loopback_operations, observed_operations,
};

const struct operation *find_operation(const char *name)
{
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct operation *at = tables[i]; at->name; at++)
			if (!strcmp(at->name, name))
				return at;
	return NULL;
}
