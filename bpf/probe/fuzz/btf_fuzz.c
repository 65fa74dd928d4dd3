/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the kernel's BTF, which a root agent can mount something over: refused, or hooks
 * with names that lie in the file and numbers that rise.
 */
#include "fuzz.h"
#include "probe/oracle/btf.h"

static void check_hooks(const struct btf_hooks *hooks, const char *file, size_t size)
{
	for (unsigned int i = 0; i < hooks->count; i++) {
		const struct btf_hook *hook = &hooks->all[i];

		expect(hook->name >= file && hook->name < file + size);
		expect(hook->name + strlen(hook->name) < file + size);
		expect(hook->id && (!i || hook->id > hook[-1].id));
		expect(btf_hook_name(hooks, hook->id) == hook->name);
	}
	expect(!btf_hook_name(hooks, 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *file = (char *)exact_copy(data, size);
	struct btf_hooks hooks = {0};

	if (!btf_parse_hooks(file, size, &hooks))
		check_hooks(&hooks, file, size);
	free(hooks.all);
	free(file);
	return 0;
}
