// SPDX-License-Identifier: (GPL-2.0-only OR BSD-3-Clause)
/* Built without -g: no BTF, as other compilers and older builds leave an object. */
#define SEC(name) __attribute__((section(name), used))

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("xdp")
int passes(void *context)
{
	return 2;
}
