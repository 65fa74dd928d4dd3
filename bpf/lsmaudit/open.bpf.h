/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/* file_open: which files a traced process opens, each once. */
#ifndef LSMAUDIT_OPEN_BPF_H
#define LSMAUDIT_OPEN_BPF_H

#include "record.bpf.h"

/* A process and a file: neither a later process of this pid nor a later file of this number. */
struct seen_key {
	__u64 since;
	__u64 ino;
	__u32 dev;
	__u32 generation;
	__u32 pid;
	__u32 zero;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096); /* the agent sets its own */
	__type(key, struct seen_key);
	__type(value, __u8);
} seen SEC(".maps");

#define ACCMODE 3

/* O_RDONLY, O_WRONLY, O_RDWR, and 3, for which both permissions are asked. */
static __always_inline __u32 mode_of(unsigned int flags)
{
	switch (flags & ACCMODE) {
	case 0:
		return AUDIT_READ;
	case 1:
		return AUDIT_WRITE;
	default:
		return AUDIT_READ | AUDIT_WRITE;
	}
}

static __always_inline void remember(const struct seen_key *key)
{
	__u8 yes = 1;

	bpf_map_update_elem(&seen, key, &yes, BPF_ANY);
}

/* False for a record that could not be filled, and is gone. */
static __always_inline _Bool submit_open(struct file *file, __u32 pid)
{
	struct audit_open *record = RESERVE(struct audit_open);
	const unsigned char *name;

	if (!record)
		return 0;
	fill_head(&record->head, AUDIT_OPEN, pid);
	record->mode = mode_of(BPF_CORE_READ(file, f_flags));
	name = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	if (bpf_probe_read_kernel_str(record->name, sizeof(record->name), name) <= 0) {
		discard(record);
		return 0;
	}
	bpf_ringbuf_submit(record, 0);
	return 1;
}

/* Remembered once the record is on its way: one that was lost gets another chance at the next open.
 */
static __always_inline void observe_open(struct file *file)
{
	struct seen_key key = {.pid = bpf_get_current_pid_tgid() >> 32};

	if (!is_traced(key.pid, &key.since))
		return;
	key.ino = BPF_CORE_READ(file, f_inode, i_ino);
	key.dev = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
	key.generation = BPF_CORE_READ(file, f_inode, i_generation);
	if (bpf_map_lookup_elem(&seen, &key))
		return;
	if (fault_mark_before_submit())
		remember(&key);
	if (submit_open(file, key.pid))
		remember(&key);
}

SEC("lsm/file_open")
int BPF_PROG(audit_open, struct file *file, int ret)
{
	observe_open(file);
	return passed_on(ret);
}

#endif
