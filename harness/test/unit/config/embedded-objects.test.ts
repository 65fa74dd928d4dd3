// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { embeddedObjects } from '../../../config/embedded-objects.js';

let object: Buffer;
beforeAll(async () => {
  object = await readFile('build/variants/healthy.bpf.o');
});

const changed = (at: number, value: number): Buffer => {
  const copy = Buffer.from(object);
  copy[at] = value;
  return copy;
};

describe('embeddedObjects', () => {
  it('finds a file that is one', () => {
    const { objects, others } = embeddedObjects(object);
    expect(objects.map(({ offset, bytes }) => [offset, bytes.equals(object)])).toEqual([[0, true]]);
    expect(others).toEqual([]);
  });

  it('finds two in a program, to the byte, and not the program itself', async () => {
    const program = await readFile('/bin/true');
    const { objects } = embeddedObjects(Buffer.concat([program, object, Buffer.from('between'), object, program]));
    expect(objects.map(({ offset }) => offset)).toEqual([program.length, program.length + object.length + 7]);
    expect(objects.every(({ bytes }) => bytes.equals(object))).toBe(true);
  });

  it('says what it leaves out', () => {
    expect(embeddedObjects(object.subarray(0, object.length - 100)).others).toEqual([
      expect.stringContaining('is truncated'),
    ]);
    const bigEndian = changed(5, 2);
    bigEndian.writeUInt16BE(247, 18);
    expect(embeddedObjects(bigEndian).others).toEqual([expect.stringContaining('is big-endian')]);
    expect(embeddedObjects(changed(16, 2)).others).toEqual([expect.stringContaining('is not a relocatable object')]);
  });

  it('finds nothing in nothing, in a half header and in another machine', () => {
    for (const bytes of [Buffer.alloc(0), object.subarray(0, 40), changed(18, 62)]) {
      expect(embeddedObjects(bytes)).toEqual({ objects: [], others: [] });
    }
  });
});
