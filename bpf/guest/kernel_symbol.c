// SPDX-License-Identifier: Apache-2.0
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kernel_names.h"
#include "near.h"

/* A line of /proc/kallsyms, or of a list of functions of tracefs or of kprobes. */
#define LINE_MAX_LEN 512
/* Names that are like the one; more help nobody. */
#define LIKE_MAX 64

static void put_symbol(struct out *out, const char *name, char type)
{
	const char text[] = {type, 0};
	size_t mark = out_open(out, F_SYMBOL);

	out_string(out, F_NAME, name);
	out_string(out, F_TYPE, text);
	out_close(out, mark);
}

/* `name`, or what a compiler made of it: `name.isra.0`. */
static bool is_made_of(const char *symbol, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(symbol, name, len) && (!symbol[len] || symbol[len] == '.');
}

static void put_symbols(struct out *out, const char *wanted)
{
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[LINE_MAX_LEN], name[LINE_MAX_LEN], type;
	unsigned int like = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*x %c %511s", &type, name) != 2)
			continue;
		if (is_made_of(name, wanted)) {
			put_symbol(out, name, type);
		} else if (tolower(type) == 't' && like < LIKE_MAX && !strchr(name, '.') &&
			   strncmp(name, "__pfx_", 6) && is_near(wanted, name)) {
			out_string(out, F_HOOK, name);
			like++;
		}
	}
	if (file)
		fclose(file);
}

/* Is the name a word in a line of the list? Nothing where there is no such list. */
static void put_listed(struct out *out, enum bpmx_field_id field, const char *path,
		       const char *format, const char *wanted)
{
	FILE *file = fopen(path, "re");
	char line[LINE_MAX_LEN], name[LINE_MAX_LEN];
	bool listed = false;

	if (!file)
		return;
	while (!listed && fgets(line, sizeof(line), file))
		listed = sscanf(line, format, name) == 1 && !strcmp(name, wanted);
	fclose(file);
	out_u64(out, field, listed);
}

static void put_in_btf(struct out *out, const char *wanted)
{
	struct btf *btf = btf__load_vmlinux_btf();

	if (libbpf_get_error(btf))
		return;
	out_u64(out, F_IN_BTF, btf__find_by_name_kind(btf, wanted, BTF_KIND_FUNC) > 0);
	btf__free(btf);
}

void kernel_symbol(const void *input, struct out *out, struct progress *progress)
{
	const char *wanted = input;

	progress_at(progress, STAGE_PREPARE, wanted);
	put_symbols(out, wanted);
	put_listed(out, F_TRACEABLE, "/sys/kernel/tracing/available_filter_functions", "%511s",
		   wanted);
	put_listed(out, F_BLACKLISTED, "/sys/kernel/debug/kprobes/blacklist", "%*s %511s", wanted);
	put_in_btf(out, wanted);
}
