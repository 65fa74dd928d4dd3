// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capabilities.h"

/*
 * Nothing is executed afterwards, so the bounding set does not matter; ambient ones go with the
 * permitted and the inheritable.
 */
int capabilities_drop(uint64_t without)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	if (!without)
		return 0;
	if (syscall(SYS_capget, &header, sets))
		return errno;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		uint32_t gone = without >> 32 * i;

		sets[i].effective &= ~gone;
		sets[i].permitted &= ~gone;
		sets[i].inheritable &= ~gone;
	}
	return syscall(SYS_capset, &header, sets) ? errno : 0;
}
