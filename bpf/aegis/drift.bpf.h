/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause) */
/*
 * Where kernels differ, from 5.15 to 7.2, in one place. Everything here is settled by the running
 * kernel's BTF when the object is loaded, never by a version number: distributions carry changes
 * back.
 *
 * 5.15 has no bpf_loop (helper 181, v5.17), bpf_get_func_ret (184, v5.17) or bpf_ima_file_hash
 * (193, v5.18). This object does without: paths are compared by unrolled code.
 *
 * 5.15 rejects a helper argument on the stack with bytes that were never written, padding included
 * (until 6715df8d5d24 "bpf: Allow reads from uninit stack", v6.4, carried back to 5.15.163). Every
 * struct on the stack is therefore zeroed first.
 *
 * 6.8 as distributions build it may carry 5d99e198be27 "bpf, lsm: Add check for BPF LSM return
 * value" (v6.12): see lsm_return.
 *
 * sched_process_fork changed its comm fields from arrays to __data_loc in v6.16. Only pids are
 * read, and their offsets are relocated.
 *
 * 7.2 calls the file of mmap_file `file__nullable`: the verifier then insists on the NULL check
 * that was always due.
 *
 * The hooks that changed their arguments in these years (inode_setattr and others that got an
 * idmap, path_rename) are not used. 5.10 is not supported: its global functions take no pointer to
 * memory (v5.12), and its LSM programs may not call bpf_d_path (v5.11).
 */
#ifndef AEGIS_DRIFT_BPF_H
#define AEGIS_DRIFT_BPF_H

#include <bpf/bpf_core_read.h>
#include "kernel_types.h"

/*
 * The bpf hook got a fourth argument, `kernel`, in v6.15 (082f1db02c80 "security: Propagate caller
 * information in bpf hooks"), which moves the incoming return value from ctx[3] to ctx[4]. Reading
 * the wrong one does not load on any kernel that checks, and would take `kernel` for a refusal on
 * one that does not.
 */
union bpf_attr;

union security_list_options___with_kernel {
	int (*bpf)(int cmd, union bpf_attr *attr, unsigned int size, _Bool kernel);
} __attribute__((preserve_access_index));

/*
 * The loads are written out because the compiler would merge them into one load at a computed
 * offset, which the verifier refuses for the context.
 */
static __always_inline int bpf_hook_ret(const unsigned long long *ctx)
{
	unsigned long long ret;

	if (bpf_core_type_matches(union security_list_options___with_kernel))
		asm volatile("%0 = *(u64 *)(%1 + 32)" : "=r"(ret) : "r"(ctx));
	else
		asm volatile("%0 = *(u64 *)(%1 + 24)" : "=r"(ret) : "r"(ctx));
	return (int)ret;
}

/*
 * finit_module(2) reading a module that the kernel will decompress has a number of its own since
 * c200892b46ba (November 2025; not in 6.18, in 7.2).
 */
enum kernel_read_file_id {
	READING_MODULE = 2,
};

enum kernel_read_file_id___compressed {
	READING_MODULE_COMPRESSED = 7,
};

static __always_inline _Bool reads_module(__u32 id)
{
	if (id == (__u32)bpf_core_enum_value(enum kernel_read_file_id, READING_MODULE))
		return 1;
	return bpf_core_enum_value_exists(enum kernel_read_file_id___compressed,
					  READING_MODULE_COMPRESSED) &&
	       id == (__u32)bpf_core_enum_value(enum kernel_read_file_id___compressed,
						READING_MODULE_COMPRESSED);
}

enum kernel_load_data_id {
	LOADING_MODULE = 2,
};

static __always_inline _Bool loads_module(__u32 id)
{
	return id == (__u32)bpf_core_enum_value(enum kernel_load_data_id, LOADING_MODULE);
}

/* The number moved when reasons were added before it: 16 in 5.10, 17 in 6.1. */
enum lockdown_reason {
	LOCKDOWN_MODULE_SIGNATURE = 1,
	LOCKDOWN_BPF_WRITE_USER = 17,
};

static __always_inline _Bool is_unsigned_module(__u32 what)
{
	return what == (__u32)bpf_core_enum_value(enum lockdown_reason, LOCKDOWN_MODULE_SIGNATURE);
}

static __always_inline _Bool is_bpf_user_write(__u32 what)
{
	return bpf_core_enum_value_exists(enum lockdown_reason, LOCKDOWN_BPF_WRITE_USER) &&
	       what == (__u32)bpf_core_enum_value(enum lockdown_reason, LOCKDOWN_BPF_WRITE_USER);
}

#endif
