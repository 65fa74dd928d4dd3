/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Places of our own to attach to, where a section names none: devices in a network namespace that
 * only this worker is in, further network namespaces, a cgroup without a process. They are made
 * before anything is attached that might forbid it, and by whoever may do everything: the loader
 * that is tested may lack what making them takes.
 */
#ifndef BPMX_PLACES_H
#define BPMX_PLACES_H

#include "object.h"

/* What one kind of program is attached to. */
enum place_kind {
	PLACE_NONE,
	/* A device for each: it takes one program. */
	PLACE_DEVICE,
	/* A device for all of them, with the modules of tc. */
	PLACE_TC,
	PLACE_NETKIT,
	/* A network namespace for each: it takes one program. */
	PLACE_NETNS,
	PLACE_CGROUP,
};

/* Makes what the programs of `object` need. place_take() reports what could not be made. */
void places_prepare(const struct object *object);

/*
 * The next place of that kind: a device's index, or a descriptor that stays ours. -1 with errno,
 * and a warning that says what is missing.
 */
int place_take(enum place_kind kind);

/* Removes what does not go with the worker; everything is detached. */
void places_remove(void);

#endif
