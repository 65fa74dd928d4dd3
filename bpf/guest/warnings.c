// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <bpf/libbpf.h>

#include "protocol.h"
#include "warnings.h"

/* More than any failure of libbpf has: what is lost here is lost. */
#define WARNINGS 64

static char ring[WARNINGS][1024];
static unsigned int total;

static void keep_line(const char *line, size_t len)
{
	static const char prefix[] = "libbpf: ";

	if (len >= sizeof(prefix) - 1 && !strncmp(line, prefix, sizeof(prefix) - 1)) {
		line += sizeof(prefix) - 1;
		len -= sizeof(prefix) - 1;
	}
	if (!len)
		return;
	snprintf(ring[total++ % WARNINGS], sizeof(ring[0]), "%.*s", (int)len, line);
}

/* One warning can hold a log of its own, that of BTF for one: each line is a line. */
static int keep(enum libbpf_print_level level, const char *format, va_list args)
{
	static char text[8192];

	if (level != LIBBPF_WARN)
		return 0;
	vsnprintf(text, sizeof(text), format, args);
	for (char *line = text; *line;) {
		size_t len = strcspn(line, "\n");

		keep_line(line, len);
		line += len + (line[len] == '\n');
	}
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

void warnings_add(const char *format, ...)
{
	char text[sizeof(ring[0])];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	keep_line(text, strlen(text));
}

static void put_from(struct out *out, unsigned int first)
{
	if (total > WARNINGS && first < total - WARNINGS)
		first = total - WARNINGS;
	for (unsigned int i = first; i < total; i++)
		out_string(out, F_WARNING, ring[i % WARNINGS]);
}

void warnings_put(struct out *out)
{
	put_from(out, 0);
}

unsigned int warnings_mark(void)
{
	return total;
}

void warnings_move(struct out *out, unsigned int mark)
{
	put_from(out, mark);
	/* Those before it are gone where the ring has gone round. */
	total = total > WARNINGS ? 0 : mark;
}
