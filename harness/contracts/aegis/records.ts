// SPDX-License-Identifier: Apache-2.0
import type { DirtyByte } from '../contract.js';
import { dirtyIn, type RecordSpan } from '../record-spans.js';

/*
 * Searches raw ring-buffer records for bytes that the program did not write: what stands after the NUL of a string and
 * in the padding. A slot of the ring buffer still holds what was there before, so a record that was not zeroed leaks the
 * data of another process to whoever reads it. Layout: bpf/aegis/aegis_abi.h.
 */

const head: readonly RecordSpan[] = [
  { name: 'head.pad', offset: 14, size: 2, kind: 'padding' },
  { name: 'comm', offset: 32, size: 16, kind: 'string' },
];

/** By the record's type, its size and its spans. */
const records: Readonly<Record<number, { readonly size: number; readonly spans: readonly RecordSpan[] }>> = {
  1: { size: 320, spans: [...head, { name: 'path', offset: 64, size: 256, kind: 'string' }] },
  2: { size: 304, spans: [...head, { name: 'path', offset: 48, size: 256, kind: 'string' }] },
  3: { size: 80, spans: [...head, { name: 'pad', offset: 74, size: 6, kind: 'padding' }] },
};

const familyOffset = 48;
const addressOffset = 52;
const ipv4 = 2;

/** Every byte of a raw record that should be zero and is not, in order; null when it is none of aegis_abi.h. */
export function dirtyBytes(record: Uint8Array): readonly DirtyByte[] | null {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const type = record.byteLength >= 4 ? view.getUint32(0, true) : 0;
  const layout = records[type];
  if (layout?.size !== record.byteLength) return null;
  return spansOf(type, layout.spans, view).flatMap((span) => dirtyIn(record, span));
}

/** An IPv4 address fills the first four bytes of sixteen; the rest is padding then. */
function spansOf(type: number, spans: readonly RecordSpan[], view: DataView): readonly RecordSpan[] {
  if (type !== 3 || view.getUint32(familyOffset, true) !== ipv4) return spans;
  return [...spans, { name: 'remote', offset: addressOffset + 4, size: 12, kind: 'padding' }];
}
