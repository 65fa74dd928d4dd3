/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <string.h>

#include "guard.h"

const char *const guard_hooks[GUARD_HOOKS] = {"file_open", "inode_permission", "socket_connect"};
static const char *const programs[GUARD_HOOKS] = {"guard_open", "guard_permission",
						  "guard_connect"};

static bool lsm_list_has_bpf(void)
{
	FILE *file = fopen("/sys/kernel/security/lsm", "re");
	char list[512] = ",", *end;
	size_t len = file ? fread(list + 1, 1, sizeof(list) - 3, file) : 0;

	if (file)
		fclose(file);
	list[len + 1] = '\0';
	end = list + strcspn(list, "\n");
	strcpy(end, ",");
	return strstr(list, ",bpf,");
}

static int write_rules(const struct guard *guard, const struct rules *rules)
{
	int files = bpf_object__find_map_fd_by_name(guard->object, "files");
	int addresses = bpf_object__find_map_fd_by_name(guard->object, "addresses");
	__u8 yes = 1;
	int failed = 0;

	for (__u32 i = 0; i < rules->file_count; i++)
		failed |= bpf_map_update_elem(files, &rules->files[i], &yes, BPF_ANY);
	for (__u32 i = 0; i < rules->address_count; i++)
		failed |= bpf_map_update_elem(addresses, &rules->addresses[i], &yes, BPF_ANY);
	return failed;
}

static int load(struct guard *guard, const char *path, bool enforce)
{
	struct mini_settings settings = {.enforce = enforce};
	struct bpf_map *map;

	guard->object = bpf_object__open_file(path, NULL);
	if (!guard->object)
		return -1;
	map = bpf_object__find_map_by_name(guard->object, ".rodata");
	if (!map || bpf_map__set_initial_value(map, &settings, sizeof(settings)))
		return -1;
	return bpf_object__load(guard->object);
}

static int attach(struct guard *guard)
{
	int failed = 0;

	for (int i = 0; i < GUARD_HOOKS; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(guard->object, programs[i]);

		guard->links[i] = program ? bpf_program__attach(program) : NULL;
		guard->hook_states[i] = guard->links[i] ? "attached" : "attach failed";
		failed |= !guard->links[i];
	}
	return failed;
}

const char *guard_start(struct guard *guard, const char *object, const struct rules *rules,
			bool enforce)
{
	*guard = (struct guard){.lsm_enabled = lsm_list_has_bpf()};
	if (!guard->lsm_enabled)
		return "BPF_LSM_DISABLED";
	if (load(guard, object, enforce))
		return "LOAD_FAILED";
	if (write_rules(guard, rules))
		return "POLICY_FAILED";
	return attach(guard) ? "ATTACH_FAILED" : NULL;
}

void guard_stop(struct guard *guard)
{
	for (int i = 0; i < GUARD_HOOKS; i++)
		bpf_link__destroy(guard->links[i]);
	memset(guard->links, 0, sizeof(guard->links));
}
