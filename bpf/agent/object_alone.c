/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object_steps.h"

/* The largest log that kernels before 5.2 (and some after) take is one byte less than this. */
#define MAX_LOG (16 << 20)

/* The line that decided: the last one that is not statistics. */
static void deciding_line(const char *log, char *line, size_t size)
{
	static const char *const statistics[] = {"processed ", "verification time", "stack depth"};

	line[0] = '\0';
	while (*log) {
		size_t len = strcspn(log, "\n");
		bool skip = len == 0;

		for (size_t i = 0; i < sizeof(statistics) / sizeof(*statistics); i++)
			skip |= !strncmp(log, statistics[i], strlen(statistics[i]));
		if (!skip)
			snprintf(line, size, "%.*s", (int)len, log);
		log += len + (log[len] == '\n');
	}
}

/* Loads one program alone. 0, or -errno with the deciding line of a log large enough to hold it. */
static int try_alone(const struct object_request *request, size_t index, char *line, size_t size)
{
	struct failure ignored;
	struct object alone = {.bpf = object_open(request, &ignored)};
	char *log;
	int err;

	line[0] = '\0';
	if (!alone.bpf)
		return -EIO;
	object_find_programs(&alone);
	log = calloc(1, MAX_LOG);
	bpf_program__set_autoload(alone.programs[index].bpf, true);
	if (log)
		bpf_program__set_log_buf(alone.programs[index].bpf, log, MAX_LOG - 1);
	err = bpf_object__load(alone.bpf);
	if (err && log)
		deciding_line(log, line, size);
	bpf_object__close(alone.bpf);
	free(log);
	return err;
}

bool object_reject_alone(struct object *object, const struct object_request *request, size_t index,
			 struct failure *failure)
{
	struct program *program = &object->programs[index];
	char line[160];
	int err = try_alone(request, index, line, sizeof(line));

	if (!err)
		return false;
	program_set_status(program, PROGRAM_REJECTED, "rejected: %s%s%s", strerror(-err),
			   line[0] ? ": " : "", line);
	fail(failure, err == -EPERM ? "PRIVILEGES_MISSING" : "LOAD_FAILED", "%s: %s",
	     hooks[index].name, program->why);
	return true;
}
