// SPDX-License-Identifier: Apache-2.0
import type { DirtyByte } from '../contract.js';
import { dirtyIn, type RecordSpan } from '../record-spans.js';

/* Records as they lie in the ring buffer of lsmaudit. Layout: bpf/lsmaudit/lsmaudit.h. */

const comm: RecordSpan = { name: 'comm', offset: 8, size: 16, kind: 'string' };

const connectType = 1;
const openType = 2;
const familyOffset = 24;
const ipv4 = 2;

const openSpans: readonly RecordSpan[] = [
  comm,
  { name: 'name', offset: 28, size: 256, kind: 'string' },
  { name: 'pad', offset: 284, size: 4, kind: 'padding' },
];
const connectSpans: readonly RecordSpan[] = [comm, { name: 'pad', offset: 30, size: 2, kind: 'padding' }];
/** An IPv4 address fills the first four bytes of sixteen. */
const ipv4Spans: readonly RecordSpan[] = [...connectSpans, { name: 'address', offset: 36, size: 12, kind: 'padding' }];

/** Every byte of a raw record that should be zero and is not, in order; null when it is none of lsmaudit.h. */
export function auditDirtyBytes(record: Uint8Array): readonly DirtyByte[] | null {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength);
  const type = record.byteLength >= 4 ? view.getUint32(0, true) : 0;
  if (type === openType && record.byteLength === 288) return openSpans.flatMap((span) => dirtyIn(record, span));
  if (type !== connectType || record.byteLength !== 48) return null;
  const spans = view.getUint32(familyOffset, true) === ipv4 ? ipv4Spans : connectSpans;
  return spans.flatMap((span) => dirtyIn(record, span));
}

export function auditHookOf(record: Uint8Array): string | null {
  const type = record.byteLength >= 4 ? new DataView(record.buffer, record.byteOffset).getUint32(0, true) : 0;
  if (type === openType) return 'file_open';
  return type === connectType ? 'socket_connect' : null;
}
