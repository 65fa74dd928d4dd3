/* SPDX-License-Identifier: Apache-2.0 */
/* As much of the kernel's BTF as names its LSM hooks. */
#ifndef PROBE_BTF_H
#define PROBE_BTF_H

#include <stddef.h>
#include <stdint.h>

struct btf_hook {
	/* Of the function in the kernel's BTF. */
	uint32_t id;
	/* Without the prefix. */
	const char *name;
};

struct btf_hooks {
	struct btf_hook *all;
	unsigned int count;
};

/*
 * Every attachable bpf_lsm_<hook>. 0; or -1, with errno, when there is no BTF (ENOENT) or none that
 * can be read (EINVAL). Never freed.
 */
int btf_read_hooks(struct btf_hooks *hooks);

/* The same of a file that is in memory, aligned as malloc(3) does; the names lie in it. */
int btf_parse_hooks(const char *file, size_t len, struct btf_hooks *hooks);

/* The name of the hook that is this function, or NULL. */
const char *btf_hook_name(const struct btf_hooks *hooks, uint32_t id);

#endif
