// SPDX-License-Identifier: Apache-2.0
import type { MapDeclaration } from '../model/evidence.js';

/** Types whose maps want no number of entries, or get one from libbpf or the kernel. */
const sizedOtherwise: ReadonlySet<string> = new Set([
  'unspec',
  'perf_event_array',
  'struct_ops',
  'cgroup_storage',
  'percpu_cgroup_storage',
  'sk_storage',
  'inode_storage',
  'task_storage',
  'cgrp_storage',
]);

/**
 * Has the object left the size of this map to its own loader? The guest then gives it one (bpf/guest/subject.c): a page for
 * a ring buffer, one entry for any other. Plain libbpf creates none.
 */
export const isUnsized = ({ type, maxEntries }: MapDeclaration): boolean =>
  maxEntries === 0 && !sizedOtherwise.has(type);

/** Types of which the kernel takes whole pages alone. */
const ringTypes: ReadonlySet<string> = new Set(['ringbuf', 'user_ringbuf']);

/** As `isUnsized`, where one entry would not do. */
export const isUnsizedRing = (map: MapDeclaration): boolean => isUnsized(map) && ringTypes.has(map.type);
