// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* A program type that came with 6.4. */
#include "variants/variant.h"

#define NF_ACCEPT 1

SEC("netfilter")
int accepts(void *context)
{
	return NF_ACCEPT;
}
