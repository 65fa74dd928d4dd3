// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A program that decides about a connection says 0 or 1, and nothing else. */
#include "variant.h"

SEC("cgroup/connect4")
int says_two(void *context)
{
	return 2;
}
