// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A program type of 6.4; the kernel takes one program for each priority. */
#include "variant.h"

SEC("netfilter")
int filter_first(void *ctx)
{
	return 1;
}

SEC("netfilter")
int filter_second(void *ctx)
{
	return 1;
}
