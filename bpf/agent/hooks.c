/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/syscall.h>

#include "hooks.h"

const struct hook hooks[] = {
	{"socket_connect", HOOK_LSM, NEED_REMOTE | NEED_EGRESS_PORT},
	{"socket_bind", HOOK_LSM, NEED_BIND_PORT},
	{"socket_listen", HOOK_LSM, NEED_BIND_PORT},
	{"socket_accept", HOOK_LSM, NEED_REMOTE},
	{"socket_sendmsg", HOOK_LSM, NEED_REMOTE | NEED_EGRESS_PORT},
	{"socket_recvmsg", HOOK_LSM, NEED_REMOTE | NEED_EGRESS_PORT},
	{"file_open", HOOK_LSM, NEED_FILE},
	{"inode_permission", HOOK_LSM, NEED_FILE},
	{"inode_rename", HOOK_LSM, NEED_FILE},
	{"inode_unlink", HOOK_LSM, NEED_FILE},
	{"inode_link", HOOK_LSM, NEED_FILE},
	{"inode_copy_up", HOOK_LSM, NEED_FILE},
	{"bprm_check_security", HOOK_LSM, NEED_EXEC},
	{"mmap_file", HOOK_LSM, NEED_FILE | NEED_EXEC},
	{"ptrace_access_check", HOOK_LSM, NEED_PTRACE},
	{"ptrace_traceme", HOOK_LSM, NEED_PTRACE},
	{"kernel_read_file", HOOK_LSM, NEED_MODULE},
	{"kernel_load_data", HOOK_LSM, NEED_MODULE},
	{"locked_down", HOOK_LSM, 0}, /* a second lock on doors that have one */
	{"bpf", HOOK_LSM, NEED_BPF},
	{"syscalls/sys_enter_connect", HOOK_FALLBACK, NEED_REMOTE | NEED_EGRESS_PORT},
	{"syscalls/sys_enter_sendto", HOOK_FALLBACK, NEED_REMOTE | NEED_EGRESS_PORT},
	{"syscalls/sys_enter_sendmsg", HOOK_FALLBACK, NEED_REMOTE | NEED_EGRESS_PORT},
	{"syscalls/sys_enter_bind", HOOK_FALLBACK, NEED_BIND_PORT},
	{"syscalls/sys_enter_listen", HOOK_FALLBACK, NEED_BIND_PORT},
	{"syscalls/sys_exit_accept", HOOK_FALLBACK, NEED_REMOTE},
	{"syscalls/sys_exit_accept4", HOOK_FALLBACK, NEED_REMOTE},
#ifdef SYS_open /* not every architecture has these two */
	{"syscalls/sys_enter_open", HOOK_FALLBACK, NEED_FILE},
	{"syscalls/sys_enter_creat", HOOK_FALLBACK, NEED_FILE},
#endif
	{"syscalls/sys_enter_openat", HOOK_FALLBACK, NEED_FILE},
	{"syscalls/sys_enter_openat2", HOOK_FALLBACK, NEED_FILE},
#ifdef SYS_open
	{"syscalls/sys_exit_open", HOOK_FALLBACK, NEED_FILE},
	{"syscalls/sys_exit_creat", HOOK_FALLBACK, NEED_FILE},
#endif
	{"syscalls/sys_exit_openat", HOOK_FALLBACK, NEED_FILE},
	{"syscalls/sys_exit_openat2", HOOK_FALLBACK, NEED_FILE},
	{"sched/sched_process_exec", HOOK_FALLBACK, NEED_EXEC},
	{"syscalls/sys_enter_execve", HOOK_CONTEXT, 0},
	{"sched/sched_process_fork", HOOK_CONTEXT, 0},
	{"sched/sched_process_exit", HOOK_CONTEXT, 0},
};
const size_t hook_count = sizeof(hooks) / sizeof(*hooks);

const struct hook *hook_of_section(const char *section)
{
	const char *slash;

	if (*section == '?')
		section++;
	slash = strchr(section, '/');
	for (size_t i = 0; slash && i < hook_count; i++)
		if (!strcmp(slash + 1, hooks[i].name))
			return &hooks[i];
	return NULL;
}

static unsigned port_needs(const struct policy_list *ports)
{
	const struct aegis_port *keys = ports->items;
	unsigned needs = 0;

	for (size_t i = 0; i < ports->count; i++)
		needs |= keys[i].way == AEGIS_WAY_BIND ? NEED_BIND_PORT : NEED_EGRESS_PORT;
	return needs;
}

unsigned policy_needs(const struct policy *policy)
{
	unsigned needs = port_needs(&policy->deny_port);

	if (policy->deny_path.count || policy->deny_inode.count)
		needs |= NEED_FILE;
	if (policy->deny_exec.count)
		needs |= NEED_EXEC;
	if (policy->deny_ip.count || policy->deny_cidr.count || policy->deny_ip_port.count)
		needs |= NEED_REMOTE;
	if (policy->deny_ptrace)
		needs |= NEED_PTRACE;
	if (policy->deny_module_load)
		needs |= NEED_MODULE;
	if (policy->deny_bpf)
		needs |= NEED_BPF;
	return needs;
}
