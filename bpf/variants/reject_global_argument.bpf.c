// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/*
 * A global function that takes a pointer to a structure of which only the name is known: the
 * verifier, which walks the function by itself, cannot tell how many bytes it may read.
 */
#include "variant.h"

struct opaque;

__attribute__((noinline)) int judge(struct opaque *stranger)
{
	return stranger ? -EPERM : 0;
}

SEC("lsm/file_open")
int BPF_PROG(asks_stranger, void *file, int ret)
{
	long own = 0;

	if (ret)
		return ret;
	return judge((struct opaque *)&own) ? -EPERM : 0;
}
