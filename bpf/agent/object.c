/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "fault.h"
#include "object_steps.h"

void program_set_status(struct program *program, enum program_status status, const char *format,
			...)
{
	va_list args;

	program->status = status;
	va_start(args, format);
	vsnprintf(program->why, sizeof(program->why), format, args);
	va_end(args);
}

int object_map(struct object *object, const char *name)
{
	return bpf_object__find_map_fd_by_name(object->bpf, name);
}

static void lose_link(struct program *program, const struct hook *hook)
{
	if (!fault_dead_hook() || strcmp(hook->name, "file_open"))
		return;
	bpf_link__destroy(program->link);
	program->link = NULL;
}

static const char *attach_error_text(int error)
{
	return error == ENOTSUPP ? HOOKS_REFUSED : strerror(error);
}

static bool believes_list(const struct program *program)
{
	return fault_believes_list() && program->attach_error == ENOTSUPP;
}

void object_attach(struct object *object)
{
	for (size_t i = 0; i < hook_count; i++) {
		struct program *program = &object->programs[i];

		if (program->status != PROGRAM_LOADED)
			continue;
		program->link = bpf_program__attach(program->bpf);
		program->attach_error = program->link ? 0 : errno;
		if (program->link || believes_list(program))
			program_set_status(program, PROGRAM_ATTACHED, "attached");
		else
			program_set_status(program, PROGRAM_NOT_ATTACHED, "attach failed: %s",
					   attach_error_text(program->attach_error));
		lose_link(program, &hooks[i]);
	}
}

bool object_hooks_refused(const struct object *object)
{
	size_t refused = 0;

	for (size_t i = 0; i < hook_count; i++) {
		const struct program *program = &object->programs[i];

		if (hooks[i].kind != HOOK_LSM)
			continue;
		if (program->status == PROGRAM_ATTACHED)
			return false;
		refused += program->status == PROGRAM_NOT_ATTACHED &&
			   program->attach_error == ENOTSUPP;
	}
	return refused > 0;
}

static bool is_there(const struct program *program)
{
	return program->status == PROGRAM_ATTACHED ||
	       (fault_bare_hooks() && program->status == PROGRAM_NO_HOOK);
}

bool object_serves(const struct object *object, enum hook_kind kind, unsigned needs)
{
	for (size_t i = 0; i < hook_count; i++)
		if (hooks[i].kind == kind && (hooks[i].serves & needs) &&
		    !is_there(&object->programs[i]))
			return false;
	return true;
}

size_t object_attached(const struct object *object, enum hook_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < hook_count; i++)
		count += hooks[i].kind == kind && object->programs[i].status == PROGRAM_ATTACHED;
	return count;
}

void object_detach(struct object *object)
{
	for (size_t i = 0; i < hook_count; i++) {
		struct program *program = &object->programs[i];

		bpf_link__destroy(program->link);
		program->link = NULL;
		if (program->status == PROGRAM_ATTACHED)
			program_set_status(program, PROGRAM_NOT_ATTACHED,
					   "detached: the agent stopped");
	}
}

void object_close(struct object *object)
{
	object_detach(object);
	bpf_object__close(object->bpf);
	object->bpf = NULL;
}
