/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs, links and maps of any kind, as a kernel describes them, some of which cannot be had:
 * the lists are whole, or they are refused.
 */
#include <errno.h>
#include <unistd.h>

#include "fuzz.h"
#include "probe/fuzz/json_check.h"
#include "probe/fuzz/printed.h"
#include "probe/oracle/objects.h"
#include "probe/test/fake_kernel.h"

enum { OBJECTS_MAX = 6, FIRST_FD = 64, VALUE_MAX = 65536 };

static const uint8_t value[VALUE_MAX];

static struct btf_hook known[] = {{40, "file_open"}, {77, "bpf"}};
static const struct btf_hooks hooks = {known, 2};
static const int errors[] = {0, 0, 0, 0, 0, ENOENT, EAGAIN, EPERM};

/* Three bytes about it, and bytes of its description. */
static void object_of(const uint8_t *from, size_t size, struct fake_object *object)
{
	size_t room = sizeof(object->program) < size - 3 ? sizeof(object->program) : size - 3;

	*object = (struct fake_object){.kind = from[0] % 3};
	object->fd_error = errors[from[1] % 8];
	object->info_error = errors[from[2] % 8];
	memcpy(&object->program, from + 3, room);
	/* The kernel ends every name with a NUL. */
	object->program.name[sizeof(object->program.name) - 1] = 0;
	object->map.name[sizeof(object->map.name) - 1] = 0;
	/* And every value has the size of its map: here none is larger than the largest. */
	object->value = object->map.value_size <= VALUE_MAX ? value : NULL;
}

/* -1: something of this kind cannot be described, and is not gone. */
static int expected_count(const struct fake_object *all, size_t count, enum fake_kind kind)
{
	int found = 0;

	for (size_t i = 0; i < count; i++) {
		int error = all[i].fd_error;

		if (all[i].kind != kind || error == ENOENT ||
		    (kind == FAKE_LINK && error == EAGAIN))
			continue;
		if (error || all[i].info_error)
			return -1;
		found++;
	}
	return found;
}

static void check_list(int result, int expected)
{
	size_t len, count = 0;
	const char *text = printed_end(&len);

	expect(!result == (expected >= 0));
	if (result)
		return;
	expect(json_value_end(text) == text + len);
	for (const char *at = text; (at = strstr(at, "{\"id\":")); at++)
		count++;
	expect(count == (size_t)expected);
}

/* Members of an object, the first of them null where not exactly one map is agent_config. */
static void check_config(int result)
{
	size_t len;
	const char *text = printed_end(&len);

	if (result)
		return;
	expect(!strncmp(text, "\"config\":", 9));
	text = json_value_end(text + 9);
	expect(text && !strncmp(text, ",\"configs\":", 11) && json_value_end(text + 11));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fake_object all[OBJECTS_MAX];
	size_t count = 0, part = size / OBJECTS_MAX;

	for (; part > 3 && count < OBJECTS_MAX; count++)
		object_of(data + count * part, part, &all[count]);
	fake_kernel_has(all, count, ENOENT);
	printed_begin();
	check_list(print_programs(&hooks), expected_count(all, count, FAKE_PROGRAM));
	printed_begin();
	check_list(print_links(&hooks), expected_count(all, count, FAKE_LINK));
	printed_begin();
	check_config(print_config());
	/* What is refused ends the oracle, which closes nothing then. */
	close_range(FIRST_FD, ~0u, 0);
	return 0;
}
