/* SPDX-License-Identifier: Apache-2.0 */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

static const struct hook {
	const char *name;
	const char *program;
	const char *missing; /* the blocker when the kernel has no such hook */
} hooks[GUARD_HOOKS] = {
	{"file_open", "guard_open", "FILE_HOOK_UNAVAILABLE"},
	{"inode_permission", "guard_permission", "FILE_HOOK_UNAVAILABLE"},
	{"inode_rename", "guard_rename", "FILE_HOOK_UNAVAILABLE"},
	{"inode_unlink", "guard_unlink", "FILE_HOOK_UNAVAILABLE"},
	{"inode_link", "guard_link", "FILE_HOOK_UNAVAILABLE"},
	{"inode_copy_up", "guard_copy_up", "FILE_HOOK_UNAVAILABLE"},
	{"socket_connect", "guard_connect", "NETWORK_HOOK_UNAVAILABLE"},
	{"socket_sendmsg", "guard_send", "NETWORK_HOOK_UNAVAILABLE"},
	{"socket_recvmsg", "guard_recv", "NETWORK_HOOK_UNAVAILABLE"},
	{"socket_accept", "guard_accept", "NETWORK_HOOK_UNAVAILABLE"},
};

const char *guard_hook(int index)
{
	return hooks[index].name;
}

/* An override of the contract: the file that is believed in place of the kernel's. */
static const char * override(const char *name, const char *otherwise)
{
	const char *path = getenv(name);

	return path && *path ? path : otherwise;
}

static bool lsm_list_has_bpf(void)
{
	FILE *file = fopen(override("AEGIS_LSM_PATH", "/sys/kernel/security/lsm"), "re");
	char list[512] = ",", *end;
	size_t len = file ? fread(list + 1, 1, sizeof(list) - 3, file) : 0;

	if (file)
		fclose(file);
	list[len + 1] = '\0';
	end = list + strcspn(list, "\n");
	strcpy(end, ",");
	return strstr(list, ",bpf,");
}

/* The blocker for the first hook that is not in the kernel's BTF, or NULL. */
static const char *find_hooks(struct guard *guard)
{
	const char *path = override("AEGIS_BTF_VMLINUX_PATH", "/sys/kernel/btf/vmlinux");
	const char *blocker = NULL;
	struct btf *btf = btf__parse(path, NULL);
	char function[64];

	if (!btf)
		return "CORE_UNSUPPORTED";
	for (int i = 0; i < GUARD_HOOKS; i++) {
		snprintf(function, sizeof(function), "bpf_lsm_%s", hooks[i].name);
		if (btf__find_by_name_kind(btf, function, BTF_KIND_FUNC) >= 0)
			continue;
		guard->hook_states[i] = "not in this kernel";
		blocker = blocker ? blocker : hooks[i].missing;
	}
	btf__free(btf);
	return blocker;
}

static int write_rules(const struct guard *guard, const struct rules *rules)
{
	int files = bpf_object__find_map_fd_by_name(guard->object, "files");
	int addresses = bpf_object__find_map_fd_by_name(guard->object, "addresses");
	int processes = bpf_object__find_map_fd_by_name(guard->object, "processes");
	__u8 yes = 1;
	int failed = 0;

	for (__u32 i = 0; i < rules->file_count; i++)
		failed |= bpf_map_update_elem(files, &rules->files[i], &yes, BPF_ANY);
	for (__u32 i = 0; i < rules->address_count; i++)
		failed |= bpf_map_update_elem(addresses, &rules->addresses[i], &yes, BPF_ANY);
	for (__u32 i = 0; i < rules->process_count && !planted(FAULT_PROCESS_RULE); i++)
		failed |= bpf_map_update_elem(processes, &rules->processes[i], &yes, BPF_ANY);
	return failed;
}

static int load(struct guard *guard, const char *path, bool enforce)
{
	struct mini_config config = {.enforce = enforce};
	struct bpf_map *map;

	guard->object = bpf_object__open_file(path, NULL);
	if (!guard->object)
		return -1;
	map = bpf_object__find_map_by_name(guard->object, ".rodata");
	if (!map || bpf_map__set_initial_value(map, &config, sizeof(config)))
		return -1;
	return bpf_object__load(guard->object);
}

static int attach(struct guard *guard)
{
	int failed = 0;

	for (int i = 0; i < GUARD_HOOKS; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(guard->object, hooks[i].program);

		guard->links[i] = program ? bpf_program__attach(program) : NULL;
		guard->hook_states[i] = guard->links[i] ? "attached" : "attach failed";
		failed |= !guard->links[i];
	}
	return failed;
}

const char *guard_start(struct guard *guard, const char *object, const struct rules *rules,
			bool enforce)
{
	const char *missing;

	*guard = (struct guard){.lsm_enabled = lsm_list_has_bpf()};
	if (!guard->lsm_enabled)
		return "BPF_LSM_DISABLED";
	missing = find_hooks(guard);
	if (missing)
		return missing;
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
