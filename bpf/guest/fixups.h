/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How cilium/ebpf (ebpf-go, v0.22) changes what an object says of its maps before it asks the
 * kernel, and libbpf does not; and the one change of libbpf's that it does not make.
 */
#ifndef BPMX_FIXUPS_H
#define BPMX_FIXUPS_H

#include "object.h"
#include "out.h"

/* The object's maps as ebpf-go asks for them. */
void fixups_apply(struct object *object);
/* One FIXUP record for each change: what libbpf asks for, and what ebpf-go asks for. */
void fixups_put(struct out *out, struct object *object);
/* The loader was told this size, which libbpf may round. */
void fixups_note_size(struct object *object, const struct bpf_map *map, uint32_t size);

#endif
