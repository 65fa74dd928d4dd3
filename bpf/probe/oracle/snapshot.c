// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../common/json.h"
#include "btf.h"
#include "objects.h"
#include "oracle.h"

#define LSM_LIST "/sys/kernel/security/lsm"

static void print_lsm(void)
{
	char list[1024] = "";
	FILE *file = fopen(LSM_LIST, "re");
	bool known = file && fgets(list, sizeof(list), file);

	list[strcspn(list, "\n")] = 0;
	fputs("\"lsm\":", stdout);
	json_string_or_null(stdout, known ? list : NULL);
	if (file)
		fclose(file);
}

static void print_hooks(const struct btf_hooks *hooks)
{
	putchar('[');
	for (unsigned int i = 0; i < hooks->count; i++) {
		fputs(i ? "," : "", stdout);
		json_string(stdout, hooks->all[i].name);
	}
	putchar(']');
}

static int fail(const char *what)
{
	fprintf(stderr, "oracle: %s: %s\n", what, strerror(errno));
	return 1;
}

/* `hooks`: NULL for a kernel without BTF. */
static int print_snapshot(const struct btf_hooks *hooks)
{
	static const struct btf_hooks none;
	const struct btf_hooks *named = hooks ? hooks : &none;

	putchar('{');
	print_lsm();
	fputs(",\"hooks\":", stdout);
	if (hooks)
		print_hooks(hooks);
	else
		fputs("null", stdout);
	fputs(",\"programs\":", stdout);
	if (print_programs(named))
		return fail("programs");
	fputs(",\"links\":", stdout);
	if (print_links(named))
		return fail("links");
	fputs(",\"perf\":", stdout);
	if (print_perf())
		return fail("perf events");
	putchar(',');
	if (print_config())
		return fail("maps");
	puts("}");
	return 0;
}

/* As btf_read_hooks() gave them. */
static struct {
	bool are_read;
	struct btf_hooks hooks;
	int result;
	int err;
} known;

void prepare_snapshot(void)
{
	known.result = btf_read_hooks(&known.hooks);
	known.err = errno;
	known.are_read = true;
}

int run_snapshot(char **args)
{
	(void)args;
	if (!known.are_read)
		prepare_snapshot();
	errno = known.err;
	if (known.result && errno != ENOENT)
		return fail("the kernel's BTF");
	return print_snapshot(known.result ? NULL : &known.hooks);
}
