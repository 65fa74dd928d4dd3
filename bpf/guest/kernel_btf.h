/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's own BTF, 4 to 7 MB that do not change while it runs. A guest that is going to be
 * frozen parses it once (0.15 s under TCG), so that no session that is restored has to. Until then,
 * and in a guest that is never frozen, libbpf does it when it needs it. The reference agent, which
 * looks for hooks there, parses it once for a start.
 */
#ifndef BPMX_KERNEL_BTF_H
#define BPMX_KERNEL_BTF_H

/*
 * Parses the BTF. Workers, which are forked, get it from libbpf instead of parsing it again (the
 * linker wraps btf__load_vmlinux_btf). A kernel without BTF has nothing here.
 */
void kernel_btf_prepare(void);

/* Nobody holds it any more. */
void kernel_btf_release(void);

#endif
