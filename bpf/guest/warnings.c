// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "protocol.h"
#include "warnings.h"

#define WARNINGS 16

static char ring[WARNINGS][400];
static unsigned int total;

static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	char *line = ring[total % WARNINGS];

	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(line, sizeof(ring[0]), format, args);
	line[strcspn(line, "\n")] = 0;
	if (*line)
		total++;
	return 0;
}

void warnings_start(void)
{
	libbpf_set_print(keep);
	warnings_clear();
}

void warnings_clear(void)
{
	total = 0;
}

void warnings_put(struct out *out)
{
	unsigned int first = total > WARNINGS ? total - WARNINGS : 0;

	for (unsigned int i = first; i < total; i++)
		out_string(out, F_WARNING, ring[i % WARNINGS]);
}
