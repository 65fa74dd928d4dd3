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

int run_snapshot(char **args)
{
	struct btf_hooks hooks = {0};
	int no_btf = btf_read_hooks(&hooks);

	(void)args;
	if (no_btf && errno != ENOENT)
		return fail("the kernel's BTF");
	putchar('{');
	print_lsm();
	fputs(",\"hooks\":", stdout);
	if (no_btf)
		fputs("null", stdout);
	else
		print_hooks(&hooks);
	fputs(",\"programs\":", stdout);
	if (print_programs(&hooks))
		return fail("programs");
	fputs(",\"links\":", stdout);
	if (print_links(&hooks))
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
