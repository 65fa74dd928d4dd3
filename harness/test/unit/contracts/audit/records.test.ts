// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { auditDirtyBytes, auditHookOf } from '../../../../contracts/audit/records.js';

function anOpen(): Buffer {
  const record = Buffer.alloc(288);
  record.writeUInt32LE(2, 0);
  record.write('cat', 8);
  record.writeUInt32LE(1, 24);
  record.write('passwd', 28);
  return record;
}

function aConnect(family: number): Buffer {
  const record = Buffer.alloc(48);
  record.writeUInt32LE(1, 0);
  record.write('nc', 8);
  record.writeUInt32LE(family, 24);
  record.fill(1, 32, family === 2 ? 36 : 48);
  return record;
}

const dirty = (record: Buffer, offset: number) => {
  record[offset] = 0xaa;
  return auditDirtyBytes(record);
};

describe('raw records of lsmaudit', () => {
  it('are clean when nothing stands behind a string', () => {
    expect([anOpen(), aConnect(2), aConnect(10)].map(auditDirtyBytes)).toEqual([[], [], []]);
  });

  it.each([
    ['comm', 12],
    ['comm', 23],
    ['name', 35],
    ['name', 283],
    ['pad', 284],
  ])('of an open show a byte in %s at %i', (field, offset) => {
    expect(dirty(anOpen(), offset)).toEqual([{ field, offset, value: 0xaa }]);
  });

  it.each([
    ['comm', 11],
    ['pad', 30],
    ['address', 36],
    ['address', 47],
  ])('of a connect show a byte in %s at %i', (field, offset) => {
    expect(dirty(aConnect(2), offset)).toEqual([{ field, offset, value: 0xaa }]);
  });

  it('of a connect over IPv6 have sixteen bytes of address', () => {
    expect(dirty(aConnect(10), 47)).toEqual([]);
  });

  it.each([
    ['too short for a type', Buffer.alloc(3)],
    ['of another type', Buffer.alloc(48)],
    ['of another size', anOpen().subarray(1)],
  ])('%s have a layout of their own', (_, record) => {
    expect(auditDirtyBytes(record)).toBeNull();
  });

  it('say which hook they are from', () => {
    expect([anOpen(), aConnect(2), Buffer.alloc(48), Buffer.alloc(2)].map(auditHookOf)).toEqual([
      'file_open',
      'socket_connect',
      null,
      null,
    ]);
  });

  it('are laid out as the header says', () => {
    const header = readFileSync('bpf/lsmaudit/lsmaudit.h', 'utf8');
    expect(header).toContain('sizeof(struct audit_connect) == 48');
    expect(header).toContain('sizeof(struct audit_open) == 288');
  });
});
