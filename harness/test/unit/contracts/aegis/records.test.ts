// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dirtyBytes } from '../../../../contracts/aegis/records.js';

const header = readFileSync('bpf/aegis/aegis_abi.h', 'utf8');
const sizes = { block: 320, exec: 304, net: 80 } as const;

function record(type: number, size: number, texts: Readonly<Record<number, string>> = {}): Uint8Array {
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, type, true);
  for (const [offset, text] of Object.entries(texts)) bytes.set(Buffer.from(text), Number(offset));
  return bytes;
}

const spoiled = (bytes: Uint8Array, offset: number): Uint8Array => {
  bytes[offset] = 0xaa;
  return bytes;
};

describe('dirtyBytes', () => {
  it('knows the sizes and places that the header asserts', () => {
    for (const [name, size] of Object.entries(sizes)) {
      expect(header).toContain(`AEGIS_ASSERT_SIZE(struct aegis_${name}_event, ${size})`);
    }
    for (const [member, offset] of [
      ['aegis_event, comm', 32],
      ['aegis_block_event, path', 64],
      ['aegis_exec_event, path', 48],
      ['aegis_net_event, protocol', 72],
    ] as const) {
      expect(header).toContain(`AEGIS_ASSERT_AT(struct ${member}, ${offset})`);
    }
  });

  it('finds nothing in clean records, full strings included', () => {
    expect(dirtyBytes(record(1, sizes.block, { 32: 'curl', 64: '/etc/shadow' }))).toEqual([]);
    expect(dirtyBytes(record(2, sizes.exec, { 32: '0123456789abcdef', 48: `/${'x'.repeat(255)}` }))).toEqual([]);
    const net = record(3, sizes.net, { 32: 'curl' });
    net.set([10, 0, 0, 0, 0x20, 1, 0xd, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 48);
    expect(dirtyBytes(net)).toEqual([]);
  });

  it.each([
    ['after a name', record(1, sizes.block, { 32: 'curl' }), 40, 'comm'],
    ['at the very end of a path', record(1, sizes.block, { 64: '/a' }), 319, 'path'],
    ['after an empty path', record(2, sizes.exec), 303, 'path'],
    ['in the padding of the head', record(2, sizes.exec), 15, 'head.pad'],
    ['in the padding of a network event', record(3, sizes.net), 79, 'pad'],
  ])('finds a byte %s', (_, bytes, offset, field) => {
    expect(dirtyBytes(spoiled(bytes, offset))).toEqual([{ field, offset, value: 0xaa }]);
  });

  it('finds a byte behind an IPv4 address', () => {
    const net = record(3, sizes.net);
    net[48] = 2;
    expect(dirtyBytes(spoiled(net, 67))).toEqual([{ field: 'remote', offset: 67, value: 0xaa }]);
  });

  it('does not know what is no record', () => {
    expect(dirtyBytes(new Uint8Array(3))).toBeNull();
    expect(dirtyBytes(record(1, 319))).toBeNull();
    expect(dirtyBytes(record(9, 320))).toBeNull();
  });
});
