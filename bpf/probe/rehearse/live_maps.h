/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROBE_LIVE_MAPS_H
#define PROBE_LIVE_MAPS_H

struct bpf_object;
struct bpf_program;

/*
 * Gives an object that was opened and not loaded the maps of the LSM program of this name that is
 * live, by their names. 0, or -1 when there is none, or with errno.
 */
int take_live_maps(struct bpf_object *object, const struct bpf_program *program);

#endif
