/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs whose section names no place: what libbpf leaves to the loader. Each kind is a row with
 * a place of our own and a way to attach there, or with the reason why it stays unattached.
 */
#ifndef BPMX_ATTACH_KIND_H
#define BPMX_ATTACH_KIND_H

#include "places.h"
#include "object.h"

/* What is attached, until it is detached. */
struct hold {
	/* Closing it detaches, where there is no link. -1: nothing. */
	int fd;
	struct bpf_link *link;
	/* Of tc: the device and where on it; 0 otherwise. */
	int ifindex;
	unsigned int tc_point;
	unsigned int tc_handle;
	unsigned int tc_priority;
};

struct attach_kind {
	enum bpf_prog_type type;
	/* ANY_ATTACH_TYPE, or the one that the row is about. */
	int attach_type;
	enum place_kind place;
	/* Attaches at `place` (place_take()) and fills `hold`; a positive errno, or 0. */
	int (*attach)(const struct bpf_program *prog, int place, struct hold *hold);
	/* Where that is, for people; without `attach`, why there is no such place. */
	const char *description;
};

#define ANY_ATTACH_TYPE (-1)

/* NULL: libbpf attaches it where its section says, or the map that it belongs to. */
const struct attach_kind *attach_kind_of(const struct bpf_program *prog);

/* Detaches what `hold` has; nothing for an empty one. */
void hold_release(struct hold *hold);

#endif
