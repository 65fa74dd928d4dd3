// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { frameMax, kinds, fields, payloadMax } from '../../../guest/protocol.js';
import { decodeMessage, encodeMessage, many, manyRecords, one, optional } from '../../../guest/shape.js';
import { encodeField, encodeFrame, encodeNumber, FrameDecoder, splitFields, WireError } from '../../../guest/wire.js';

const frame = (seq: number, size = 3) => ({ type: 9, seq, payload: Buffer.alloc(size, seq) });
const field = (name: keyof typeof fields, data: Uint8Array) =>
  encodeField(fields[name].id, kinds[fields[name].kind], data);

describe('frames', () => {
  it('come out whole, whatever the portions', () => {
    const frames = [frame(1), frame(2, 0), frame(3, 70_000)];
    const bytes = Buffer.concat(frames.map(encodeFrame));
    for (const portion of [1, 7, 16, 17, 4096, bytes.length]) {
      const decoder = new FrameDecoder();
      const found = [];
      for (let at = 0; at < bytes.length; at += portion) found.push(...decoder.push(bytes.subarray(at, at + portion)));
      expect(found.map(({ seq, payload }) => [seq, payload.length])).toEqual([
        [1, 3],
        [2, 0],
        [3, 70_000],
      ]);
      expect(decoder.pending).toBe(0);
    }
  });

  it('one byte less than a frame is no frame', () => {
    const decoder = new FrameDecoder();
    const bytes = encodeFrame(frame(1));
    expect(decoder.push(bytes.subarray(0, -1))).toEqual([]);
    expect(decoder.push(bytes.subarray(-1))).toHaveLength(1);
  });

  it('of the largest size pass, larger ones do not', () => {
    const bytes = encodeFrame(frame(1, payloadMax));
    expect(bytes).toHaveLength(frameMax);
    expect(new FrameDecoder().push(bytes)).toHaveLength(1);
    expect(() => encodeFrame(frame(1, payloadMax + 1))).toThrow(WireError);
    bytes.set([1, 0, 16, 0], 12);
    expect(() => new FrameDecoder().push(bytes.subarray(0, 16))).toThrow('at most');
  });

  it.each([
    ['another magic', 0, 'no frame'],
    ['another version', 4, 'protocol version'],
  ])('%s is refused', (_, at, message) => {
    const bytes = encodeFrame(frame(1));
    bytes[at] = 0xff;
    expect(() => new FrameDecoder().push(bytes)).toThrow(message);
  });
});

describe('messages', () => {
  const shape = { path: one, mode: optional, argv: many, map: manyRecords({ name: one, errno: one }) } as const;
  const message = { path: '/tmp/é', mode: undefined, argv: ['a', ''], map: [{ name: 'm', errno: 2 ** 40 }] };

  it('survive the wire', () => {
    expect(decodeMessage(shape, encodeMessage(shape, message))).toEqual({
      path: '/tmp/é',
      argv: ['a', ''],
      map: [{ name: 'm', errno: 2 ** 40 }],
    });
  });

  const good = field('path', Buffer.from('x'));
  it.each([
    ['an unknown field', [good, encodeField(999, 1, encodeNumber(1))], 'unknown field 999'],
    ['a field of another operation', [good, field('uid', encodeNumber(1))], 'unknown field uid'],
    ['a missing field', [field('mode', encodeNumber(1))], 'path is missing'],
    ['a repeated field', [good, good], 'path is repeated'],
    ['another kind', [encodeField(fields.path.id, kinds.bytes, Buffer.from('x'))], 'kind 3, not 2'],
    ['a short number', [good, field('mode', Buffer.alloc(4))], 'a number of 4 bytes'],
    ['a number too large', [good, field('mode', Buffer.alloc(8, 0xff))], 'too large'],
    ['a string with NUL', [field('path', Buffer.from('a\0b'))], 'NUL'],
    ['a string that is no UTF-8', [field('path', Buffer.from([0xff]))], 'UTF-8'],
    ['a fault inside a record', [good, field('map', field('errno', encodeNumber(1)))], 'name is missing'],
    ['stray bytes', [good, Buffer.alloc(3)], '3 stray bytes'],
    ['a field longer than the payload', [good.subarray(0, -1)], '1 bytes announced, 0 there'],
  ])('with %s are refused', (_, parts, words) => {
    expect(() => decodeMessage(shape, Buffer.concat(parts))).toThrow(words);
  });

  it('with what the wire cannot carry are not sent', () => {
    expect(() => encodeMessage(shape, { ...message, path: 'a\0b' })).toThrow(WireError);
    expect(() => encodeMessage(shape, { ...message, mode: -1 })).toThrow(WireError);
    expect(() => encodeMessage(shape, { ...message, mode: 1.5 })).toThrow(WireError);
  });

  it('split into fields', () => {
    expect(splitFields(Buffer.concat([good, good])).map(({ id }) => id)).toEqual([fields.path.id, fields.path.id]);
  });
});
