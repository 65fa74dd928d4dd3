// SPDX-License-Identifier: Apache-2.0
/*
 * rehearse OBJECT: calls the LSM programs of an object with return values that no kernel gives
 * them, and prints what they give back, a line of JSON each.
 *
 * A kernel calls no LSM program after one that denied, so `ret` is 0 whenever one is called. Loaded
 * as raw tracepoints the same instructions can be called with any arguments (BPF_PROG_TEST_RUN,
 * since 5.10). They work on the maps of the agent that runs, so that they know whom it traces; this
 * process is traced, or not, as whoever started it wanted.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../common/json.h"
#include "../common/standby.h"
#include "arguments.h"
#include "live_maps.h"

static const int given[] = {0, -1, -13, -4095};

/* Where `ret` is: behind the arguments of the hook. */
static int call(int program, const struct arguments *arguments, int value, int *returned)
{
	__u64 context[ARGUMENTS_MAX + 1];
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = context,
		    .ctx_size_in = sizeof(__u64) * (arguments->count + 1));

	memcpy(context, arguments->values, sizeof(__u64) * arguments->count);
	context[arguments->count] = (__u64)(long long)value;
	if (bpf_prog_test_run_opts(program, &options))
		return -1;
	*returned = (int)options.retval;
	return 0;
}

static void begin(const struct bpf_program *program, const char *hook)
{
	fputs("{\"program\":", stdout);
	json_string(stdout, bpf_program__name(program));
	fputs(",\"hook\":", stdout);
	json_string(stdout, hook);
}

static void print_refusal(const struct bpf_program *program, const char *hook, const char *detail)
{
	begin(program, hook);
	fputs(",\"kind\":\"refused\",\"detail\":", stdout);
	json_string(stdout, detail);
	puts("}");
}

/* Each value with arguments that say nothing, and with those of an open or a connect that is real.
 */
static int print_calls(const struct bpf_program *program, const char *hook)
{
	const char *separator = "";
	struct arguments arguments;
	int returned;

	begin(program, hook);
	fputs(",\"kind\":\"called\",\"calls\":[", stdout);
	for (size_t i = 0; i < 2 * sizeof(given) / sizeof(*given); i++) {
		int value = given[i / 2];

		if (arguments_of(hook, i % 2, &arguments) ||
		    call(bpf_program__fd(program), &arguments, value, &returned))
			return -1;
		printf("%s{\"given\":%d,\"returned\":%d}", separator, value, returned);
		separator = ",";
	}
	puts("]}");
	return 0;
}

static const char *hook_of(const struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);

	return strncmp(section, "lsm/", 4) ? NULL : section + 4;
}

/* Alone in its object, so that one which cannot be called keeps no other from it. */
static int rehearse(const char *path, const char *name)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program, *mine = NULL;
	const char *hook;
	int failed = 0;

	if (!object)
		return -1;
	bpf_object__for_each_program (program, object) {
		bool is_mine = !strcmp(bpf_program__name(program), name);

		bpf_program__set_autoload(program, is_mine);
		if (is_mine)
			mine = program;
	}
	hook = hook_of(mine);
	bpf_program__set_type(mine, BPF_PROG_TYPE_RAW_TRACEPOINT);
	bpf_program__set_expected_attach_type(mine, 0);
	if (!arguments_known(hook))
		print_refusal(mine, hook, "the arguments of its hook are not known here");
	else if (take_live_maps(object, mine) || bpf_object__load(object))
		print_refusal(mine, hook, "the kernel does not load it as a raw tracepoint");
	else
		failed = print_calls(mine, hook);
	bpf_object__close(object);
	return failed;
}

static int silent(enum libbpf_print_level level, const char *format, va_list values)
{
	(void)level;
	(void)format;
	(void)values;
	return 0;
}

static int run(int argc, char **argv)
{
	struct bpf_object *object;
	struct bpf_program *program;

	if (argc != 2) {
		fputs("usage: rehearse OBJECT\n", stderr);
		return 2;
	}
	libbpf_set_print(silent);
	object = bpf_object__open_file(argv[1], NULL);
	if (!object || arguments_prepare()) {
		perror("rehearse");
		return 1;
	}
	bpf_object__for_each_program (program, object) {
		if (hook_of(program) && rehearse(argv[1], bpf_program__name(program))) {
			perror("rehearse: calling a program");
			return 1;
		}
	}
	return 0;
}

int main(int argc, char *argv[])
{
	static const struct standby_program program = {
		.name = "rehearse",
		.run = run,
	};

	return stand_by_or_run(&program, argc, argv);
}
