// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* What other hints ask for, one program a hint: all of them load everywhere. */
#include "variants/variant.h"

#define SLOTS 16

struct file {
	unsigned int f_flags;
} __attribute__((preserve_access_index));

struct linux_binprm {
	unsigned long p;
} __attribute__((preserve_access_index));

struct task_struct {
	int pid;
} __attribute__((preserve_access_index));

extern struct task_struct *bpf_task_from_pid(int pid) __ksym __weak;
extern void bpf_task_release(struct task_struct *task) __ksym __weak;

struct table {
	__u64 index;
	char slots[SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct table);
} tables SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH_OF_MAPS);
	__uint(max_entries, 8);
	__type(key, __u32);
	__array(
		values, struct {
			__uint(type, BPF_MAP_TYPE_ARRAY);
			__uint(max_entries, 1);
			__type(key, __u32);
			__type(value, __u64);
		});
} outer SEC(".maps");

/* NULL on this path: the pointer itself is checked, just before its use. */
SEC("lsm/file_open")
int BPF_PROG(checked, struct file *file)
{
	__u32 key = 0;
	struct table *table = bpf_map_lookup_elem(&tables, &key);

	if (!table)
		return 0;
	if (file->f_flags & 1)
		table = NULL;
	barrier_var(table);
	if (!table)
		return 0;
	bpf_ringbuf_output(&records, table, sizeof(*table), 0);
	return 0;
}

/* A bound on a copy: test and access use one variable. */
SEC("lsm/file_open")
int BPF_PROG(bounded, void *file)
{
	__u32 key = 0;
	struct table *table = bpf_map_lookup_elem(&tables, &key);

	if (!table)
		return 0;
	__u64 index = table->index;

	barrier_var(index);
	if (index >= SLOTS)
		return 0;
	__u32 condition = table->slots[index] == 1;

	barrier_var(condition);
	if (condition)
		return -EPERM;
	return 0;
}

/* A number used as a pointer: read through it. */
SEC("lsm/file_open")
int BPF_PROG(read_through, void *file)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	__u32 condition = BPF_CORE_READ(task, pid) == 1;

	barrier_var(condition);
	if (condition)
		return -EPERM;
	return 0;
}

/* A weak kfunc is asked for, and what it returns is checked. */
SEC("lsm/file_open")
int BPF_PROG(asked_for, void *file)
{
	if (bpf_ksym_exists(bpf_task_from_pid) && bpf_ksym_exists(bpf_task_release)) {
		struct task_struct *task = bpf_task_from_pid(1);

		if (task)
			bpf_task_release(task);
	}
	return 0;
}

/* What may sleep is in a section that may. */
SEC("lsm.s/bprm_check_security")
int BPF_PROG(sleepable, struct linux_binprm *bprm)
{
	char byte = 0;

	bpf_copy_from_user(&byte, sizeof(byte), (void *)bprm->p);
	return 0;
}

/* The outer map says what its inner maps are like. */
SEC("tracepoint/sched/sched_process_exec")
int inner_declared(void *context)
{
	__u32 key = 1;

	return bpf_map_lookup_elem(&outer, &key) ? 1 : 0;
}
