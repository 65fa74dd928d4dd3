// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * Stands in for kernels that know neither func info nor BTF, and say so with an errno alone:
 * refuses tracepoint programs that come with the one, and LSM programs that come with the other.
 */
#include "variant.h"

SEC("lsm/bpf")
int BPF_PROG(gate, int cmd, union bpf_attr *attr, unsigned int size)
{
	__u32 type = 0, funcs = 0, btf = 0;

	if (cmd != BPF_PROG_LOAD)
		return 0;
	bpf_probe_read_kernel(&type, sizeof(type), &attr->prog_type);
	bpf_probe_read_kernel(&funcs, sizeof(funcs), &attr->func_info_cnt);
	bpf_probe_read_kernel(&btf, sizeof(btf), &attr->prog_btf_fd);
	if (type == BPF_PROG_TYPE_TRACEPOINT && funcs)
		return -EINVAL;
	if (type == BPF_PROG_TYPE_LSM && btf)
		return -EINVAL;
	return 0;
}
