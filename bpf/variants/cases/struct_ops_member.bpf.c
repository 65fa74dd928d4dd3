// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A scheduler's table with a member that came late: older kernels have no such table at all. */
#include "variants/variant.h"

struct cgroup;
struct scx_exit_info;

struct sched_ext_ops {
	void (*cgroup_set_bandwidth)(struct cgroup *cgrp, __u64 period_us, __u64 quota_us,
				     __u64 burst_us);
	void (*exit)(struct scx_exit_info *info);
	char name[128];
};

SEC("struct_ops/set_bandwidth")
void BPF_PROG(set_bandwidth, struct cgroup *cgrp, __u64 period_us, __u64 quota_us, __u64 burst_us)
{
}

SEC("struct_ops/on_exit")
void BPF_PROG(on_exit, struct scx_exit_info *info)
{
}

SEC(".struct_ops.link")
struct sched_ext_ops bandwidth = {
	.cgroup_set_bandwidth = (void *)set_bandwidth,
	.exit = (void *)on_exit,
	.name = "bandwidth",
};
