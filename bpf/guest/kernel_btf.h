/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's own BTF, 4 to 7 MB that do not change while it runs. A guest that is going to be
 * frozen hashes and parses it once, so that no session that is restored has to: under TCG that is
 * 0.6 and 0.15 s. Until then, and in a guest that is never frozen, all is done when it is asked
 * for.
 */
#ifndef BPMX_KERNEL_BTF_H
#define BPMX_KERNEL_BTF_H

#include <stdbool.h>
#include <stdint.h>

#include "sha256.h"

#define KERNEL_BTF_PATH "/sys/kernel/btf/vmlinux"

/* A file's size and SHA-256. */
struct file_hash {
	uint64_t size;
	uint8_t digest[SHA256_BYTES];
};

/* Hashes a regular file. 0, or an errno. */
int hash_file(const char *path, struct file_hash *hash);

/*
 * Hashes and parses the BTF. Workers, which are forked, get the parsed one from libbpf instead of
 * parsing it again (the linker wraps btf__load_vmlinux_btf). A kernel without BTF has nothing here.
 */
void kernel_btf_prepare(void);

/* The hash, when it is known; NULL before kernel_btf_prepare(). */
const struct file_hash *kernel_btf_hash(void);

#endif
