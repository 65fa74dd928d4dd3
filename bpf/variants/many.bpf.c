// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Dozens of programs in one object. */
#include "variant.h"

#define ONE(n)                                                                                     \
	SEC("tp/syscalls/sys_enter_openat")                                                        \
	int many_##n(void *ctx)                                                                    \
	{                                                                                          \
		return n & 1;                                                                      \
	}
#define TEN(n)                                                                                     \
	ONE(n##0)                                                                                  \
	ONE(n##1) ONE(n##2) ONE(n##3) ONE(n##4) ONE(n##5) ONE(n##6) ONE(n##7) ONE(n##8) ONE(n##9)

TEN(1) TEN(2) TEN(3) TEN(4) TEN(5)
