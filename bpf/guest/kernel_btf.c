// SPDX-License-Identifier: Apache-2.0
#include <stddef.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "kernel_btf.h"

struct btf *__real_btf__load_vmlinux_btf(void);
struct btf *__wrap_btf__load_vmlinux_btf(void);
void __real_btf__free(struct btf *btf);
void __wrap_btf__free(struct btf *btf);

/* NULL: libbpf has to parse it. */
static struct btf *parsed;

void kernel_btf_prepare(void)
{
	if (parsed)
		return;
	struct btf *btf = __real_btf__load_vmlinux_btf();

	parsed = libbpf_get_error(btf) ? NULL : btf;
}

void kernel_btf_release(void)
{
	__real_btf__free(parsed);
	parsed = NULL;
}

struct btf *__wrap_btf__load_vmlinux_btf(void)
{
	return parsed ? parsed : __real_btf__load_vmlinux_btf();
}

void __wrap_btf__free(struct btf *btf)
{
	if (!btf || btf != parsed)
		__real_btf__free(btf);
}
