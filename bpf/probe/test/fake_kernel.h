/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's lists of BPF objects, as the oracle's libbpf calls see them. Ids are 1, 2, 3, ... in
 * the order of the array. Linked in place of libbpf.
 */
#ifndef PROBE_TEST_FAKE_KERNEL_H
#define PROBE_TEST_FAKE_KERNEL_H

#include <linux/bpf.h>
#include <stddef.h>

enum fake_kind {
	FAKE_PROGRAM,
	FAKE_LINK,
	FAKE_MAP,
};

struct fake_object {
	enum fake_kind kind;
	/* errno of getting its descriptor, and of asking that for its information; 0: it works. */
	int fd_error;
	int info_error;
	union {
		struct bpf_prog_info program;
		struct bpf_link_info link;
		struct bpf_map_info map;
	};
	/* A map's only value, or the file that a ring buffer maps to. */
	const void *value;
	int file;
};

/* The objects that live from now on; errno of the end of each list, ENOENT unless something broke.
 */
void fake_kernel_has(const struct fake_object *objects, size_t count, int list_error);

/* Descriptors that are open in this process, however many. */
unsigned fake_open_fds(void);

#endif
