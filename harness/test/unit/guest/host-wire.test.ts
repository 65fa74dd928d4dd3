// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorShape } from '../../../guest/messages.js';
import {
  errorCodes,
  fields,
  frameHeaderSize,
  kinds,
  operations,
  payloadMax,
  type GuestErrorCode,
} from '../../../guest/protocol.js';
import { decodeMessage } from '../../../guest/shape.js';
import { encodeField, encodeFrame, encodeNumber, FrameDecoder, type Frame } from '../../../guest/wire.js';
import { buildHostGuest, startHostGuest, type HostGuest } from './host-guest.js';

/** The real C codec and dispatcher, fed with bytes that the client would never send. */
let host: HostGuest;
let next: () => Promise<Frame>;

beforeAll(buildHostGuest, 120_000);
beforeEach(async () => {
  host = await startHostGuest();
  next = reader(host);
  expect(await next()).toMatchObject({ type: operations.hello, seq: 0 });
});
afterEach(() => host.stop());

function reader({ port }: HostGuest): () => Promise<Frame> {
  const decoder = new FrameDecoder();
  const ready: Frame[] = [];
  let wake: () => void = () => undefined;
  port.on('data', (chunk: Uint8Array) => {
    ready.push(...decoder.push(chunk));
    wake();
  });
  return async () => {
    while (ready.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return ready.shift()!;
  };
}

function request(seq: number, type: number, ...parts: Uint8Array[]): Uint8Array {
  return encodeFrame({ type, seq, payload: Buffer.concat(parts) });
}
const field = (name: keyof typeof fields, data: Uint8Array) =>
  encodeField(fields[name].id, kinds[fields[name].kind], data);
const path = field('path', Buffer.from('/nowhere/at/all'));

async function expectError(code: GuestErrorCode, seq: number, words: string): Promise<void> {
  const frame = await next();
  expect(frame).toMatchObject({ type: operations.error, seq });
  const { code: found, message } = decodeMessage(errorShape, frame.payload);
  expect([found, message]).toEqual([errorCodes[code], expect.stringContaining(words)]);
}
/** The guest is still there and in step. */
async function expectAlive(seq: number): Promise<void> {
  host.port.write(request(seq, operations.sysinfo));
  expect(await next()).toMatchObject({ type: operations.sysinfo, seq });
}

describe('the guest refuses', () => {
  it.each<[string, GuestErrorCode, number, Uint8Array[], string]>([
    ['an unknown operation', 'unknownOperation', 4711, [], 'type 4711'],
    ['a reply as a request', 'unknownOperation', operations.error, [], 'type 2'],
    ['an unknown field', 'unknownField', operations.remove, [path, encodeField(999, 1, encodeNumber(1))], 'field 999'],
    [
      'a field of another operation',
      'unknownField',
      operations.remove,
      [path, field('uid', encodeNumber(1))],
      'field 22',
    ],
    ['a missing field', 'missingField', operations.remove, [], 'PATH is missing'],
    ['a repeated field', 'repeatedField', operations.remove, [path, path], 'PATH is repeated'],
    [
      'another kind',
      'wrongKind',
      operations.remove,
      [encodeField(fields.path.id, 3, Buffer.from('x'))],
      'kind 3, not 2',
    ],
    [
      'a kind that there is not',
      'wrongKind',
      operations.remove,
      [encodeField(fields.path.id, 9, Buffer.from('x'))],
      'kind 9',
    ],
    ['a short number', 'malformed', operations.get, [path, field('max', Buffer.alloc(4))], 'a number of 4 bytes'],
    ['stray bytes', 'malformed', operations.remove, [path, Buffer.alloc(5)], '5 stray bytes'],
    [
      'a field beyond the payload',
      'malformed',
      operations.remove,
      [path.subarray(0, -1)],
      '15 bytes announced, 14 there',
    ],
    ['a string with NUL', 'badValue', operations.remove, [field('path', Buffer.from('a\0b'))], 'PATH'],
    ['a string that is no UTF-8', 'badValue', operations.remove, [field('path', Buffer.from([0xc0, 0x80]))], 'PATH'],
    ['a surrogate', 'badValue', operations.remove, [field('path', Buffer.from([0xed, 0xa0, 0x80]))], 'PATH'],
    ['an empty argv', 'badValue', operations.run, [field('timeoutMs', encodeNumber(1))], 'ARGV'],
  ])('%s, and goes on', async (_, code, type, parts, words) => {
    host.port.write(request(1, type, ...parts));
    await expectError(code, 1, words);
    await expectAlive(2);
  });

  it('a gap in the sequence, and counts on from there', async () => {
    host.port.write(request(3, operations.sysinfo));
    await expectError('seqGap', 3, 'number 3, expected 1');
    host.port.write(request(3, operations.sysinfo));
    await expectError('seqGap', 3, 'number 3, expected 4');
    await expectAlive(4);
  });

  it('another version', async () => {
    const bytes = request(1, operations.sysinfo);
    bytes[4] = 99;
    host.port.write(bytes);
    await expectError('badVersion', 1, 'version 99');
    await expectAlive(2);
  });

  it('an oversize frame, and drops its bytes', async () => {
    const header = request(1, operations.put).subarray(0, frameHeaderSize);
    Buffer.from(header.buffer, header.byteOffset).writeUInt32LE(payloadMax + 1, 12);
    host.port.write(header);
    host.port.write(Buffer.alloc(payloadMax + 1, 'BPMX'));
    await expectError('oversize', 1, `${payloadMax + 1} bytes`);
    await expectAlive(2);
  });
});

describe('the guest finds the next frame', () => {
  it.each<[string, Uint8Array]>([
    ['noise', Buffer.from('login: root\r\nPassword: hunter2\r\n')],
    ['one byte too many', Buffer.from([0])],
    ['half a magic', Buffer.from('BPM')],
    ['a magic that begins again', Buffer.from('BBPBPMBPM')],
    ['a long run of zeros', Buffer.alloc(100_000)],
  ])('after %s', async (_, noise) => {
    host.port.write(Buffer.concat([noise, request(1, operations.sysinfo), Buffer.alloc(0)]));
    await expectError('badMagic', 0, 'without a frame');
    expect(await next()).toMatchObject({ type: operations.sysinfo, seq: 1 });
    await expectAlive(2);
  });

  it('that is taken up again by hello, with any seq', async () => {
    host.port.write(request(77, operations.hello));
    expect(await next()).toMatchObject({ type: operations.hello, seq: 77 });
    await expectAlive(78);
  });
});

describe('the guest ends', () => {
  it('when the harness closes the port', async () => {
    host.port.end();
    expect(await host.process.exited).toEqual({ kind: 'exited', code: 0 });
  });

  it('when the harness closes the port in the middle of a frame', async () => {
    host.port.end(request(1, operations.sysinfo).subarray(0, 9));
    expect(await host.process.exited).toEqual({ kind: 'exited', code: 0 });
  });
});
