// SPDX-License-Identifier: Apache-2.0
import type { DirtyByte } from './contract.js';

/** A span of a record that must be zero, or a string that must be zero after its NUL. */
export interface RecordSpan {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly kind: 'string' | 'padding';
}

/** The bytes of a span that should be zero and are not, in order. */
export function dirtyIn(record: Uint8Array, { name, offset, size, kind }: RecordSpan): readonly DirtyByte[] {
  const bytes = record.subarray(offset, offset + size);
  const end = kind === 'padding' ? 0 : bytes.indexOf(0);
  if (end < 0) return [];
  return [...bytes.subarray(end).entries()]
    .filter(([, value]) => value !== 0)
    .map(([index, value]) => ({ field: name, offset: offset + end + index, value }));
}
