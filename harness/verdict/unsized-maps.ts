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

/** What of a map an object leaves to its own loader. */
export type MissingSize = 'entries' | 'values';

/**
 * What the guest gives a map because its object does not (bpf/guest/object.c): a page for a ring buffer and one entry for
 * any other, the usual length of a stack trace. Plain libbpf gives it nothing, and creates none.
 */
export function missingSizes({ type, maxEntries, valueSize }: MapDeclaration): readonly MissingSize[] {
  return [
    ...(maxEntries === 0 && !sizedOtherwise.has(type) ? (['entries'] as const) : []),
    ...(type === 'stack_trace' && valueSize === 0 ? (['values'] as const) : []),
  ];
}

/** Types of which the kernel takes whole pages alone. */
const ringTypes: ReadonlySet<string> = new Set(['ringbuf', 'user_ringbuf']);

/** veristat gives one entry to a map without any, which is not enough for these. */
export function veristatCannotSize(map: MapDeclaration): boolean {
  const missing = missingSizes(map);
  return missing.includes('values') || (missing.includes('entries') && ringTypes.has(map.type));
}
