// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* BPF_LSM_CGROUP came with 6.0: older kernels answer EINVAL and write no log. */
#include "variant.h"

SEC("lsm_cgroup/socket_bind")
int for_cgroup(void *ctx)
{
	return 1;
}
