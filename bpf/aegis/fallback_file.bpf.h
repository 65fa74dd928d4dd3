/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * File and exec rules on a kernel without the BPF LSM. Each attempt is judged twice. At its
 * entry by the string the process wrote: early enough for O_TRUNC, blind to every other name of the
 * file. At its exit by the inode that was really opened: every name is caught, relative paths,
 * symlinks and strings in pages that were not there yet, and the signal arrives before the process
 * is back in user space with its descriptor.
 */
#ifndef AEGIS_FALLBACK_FILE_BPF_H
#define AEGIS_FALLBACK_FILE_BPF_H

#include "descriptor.bpf.h"
#include "file_rules.bpf.h"

static __always_inline void mark_judged(void)
{
	__u64 thread = bpf_get_current_pid_tgid();
	__u8 yes = 1;

	bpf_map_update_elem(&judged_at_entry, &thread, &yes, BPF_ANY);
}

/* Takes the mark away: it counts for one system call. */
static __always_inline _Bool was_judged(void)
{
	__u64 thread = bpf_get_current_pid_tgid();

	return bpf_map_delete_elem(&judged_at_entry, &thread) == 0;
}

/*
 * The path as the process wrote it, on the stack as a map key: zeroed first, since what the copy
 * leaves untouched after the NUL must be zero to be found.
 */
static __noinline void judge_user_path(const char *user_path, __u32 wanted)
{
	struct aegis_path key = {};
	struct offence offence = {};

	offence.origin = ORIGIN_TRACEPOINT;
	if (file_rules_rest(current_config()))
		return;
	if (bpf_probe_read_user_str(key.path, sizeof(key.path), user_path) <= 0)
		return;
	if (!(path_rule(&key) & wanted) || task_is_exempt())
		return;
	offence.rule = wanted == AEGIS_INODE_EXEC ? AEGIS_RULE_EXEC : AEGIS_RULE_PATH;
	mark_judged();
	punish_offence(&offence, &key);
}

/* arm64 never had open(2) and creat(2), so their tracepoints are not there. */
#ifndef __TARGET_ARCH_arm64
SEC("tracepoint/syscalls/sys_enter_open")
int watch_open(struct trace_event_raw_sys_enter *ctx)
{
	judge_user_path((const char *)ctx->args[0], AEGIS_INODE_FILE);
	return 0;
}

/* creat(2) is open(2) with O_CREAT | O_WRONLY | O_TRUNC and a number of its own. */
SEC("tracepoint/syscalls/sys_enter_creat")
int watch_creat(struct trace_event_raw_sys_enter *ctx)
{
	judge_user_path((const char *)ctx->args[0], AEGIS_INODE_FILE);
	return 0;
}
#endif

SEC("tracepoint/syscalls/sys_enter_openat")
int watch_openat(struct trace_event_raw_sys_enter *ctx)
{
	judge_user_path((const char *)ctx->args[1], AEGIS_INODE_FILE);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_openat2")
int watch_openat2(struct trace_event_raw_sys_enter *ctx)
{
	judge_user_path((const char *)ctx->args[1], AEGIS_INODE_FILE);
	return 0;
}

static __always_inline int judge_opened(long fd)
{
	struct file *file;

	if (was_judged() || fd < 0)
		return 0;
	file = file_of_fd(fd);
	enforce_inode(BPF_CORE_READ(file, f_inode), AEGIS_INODE_FILE, ORIGIN_TRACEPOINT);
	return 0;
}

#ifndef __TARGET_ARCH_arm64
SEC("tracepoint/syscalls/sys_exit_open")
int watch_opened(struct trace_event_raw_sys_exit *ctx)
{
	return judge_opened(ctx->ret);
}

SEC("tracepoint/syscalls/sys_exit_creat")
int watch_created(struct trace_event_raw_sys_exit *ctx)
{
	return judge_opened(ctx->ret);
}
#endif

SEC("tracepoint/syscalls/sys_exit_openat")
int watch_openedat(struct trace_event_raw_sys_exit *ctx)
{
	return judge_opened(ctx->ret);
}

SEC("tracepoint/syscalls/sys_exit_openat2")
int watch_openedat2(struct trace_event_raw_sys_exit *ctx)
{
	return judge_opened(ctx->ret);
}

/* Reports every execve, which is what the exec event is for, whatever the policy. */
static __noinline void report_exec(const char *user_path)
{
	const struct agent_config *config = current_config();
	struct aegis_exec_event *event;

	if (!config || config->emergency_disable || is_sampled_out(config, AEGIS_ACTION_AUDIT))
		return;
	event = reserve_event(event);
	if (!event)
		return;
	describe_task(&event->head, AEGIS_EVENT_EXEC);
	event->head.action = AEGIS_ACTION_AUDIT;
	bpf_probe_read_user_str(event->path, sizeof(event->path), user_path);
	bpf_ringbuf_submit(event, 0);
}

/*
 * The exec event and, where the tracepoints are all there is, the exec rules. With the LSM in place
 * bprm_check_security judges, and judging here too would report every attempt twice.
 */
SEC("tracepoint/syscalls/sys_enter_execve")
int watch_execve(struct trace_event_raw_sys_enter *ctx)
{
	const char *path = (const char *)ctx->args[0];

	report_exec(path);
	if (knobs.fallback_judges)
		judge_user_path(path, AEGIS_INODE_EXEC);
	return 0;
}

/* The new program is in place and has not run an instruction: execve, execveat, fexecve, by
 * whatever name. */
SEC("tracepoint/sched/sched_process_exec")
int watch_exec(void *ctx)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (was_judged() || !knobs.fallback_judges)
		return 0;
	enforce_inode(BPF_CORE_READ(task, mm, exe_file, f_inode), AEGIS_INODE_EXEC,
		      ORIGIN_TRACEPOINT);
	return 0;
}

#endif
