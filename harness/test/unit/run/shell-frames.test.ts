// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ackFrame, inputFrames, sizeFrame } from '../../../run/shell/frames.js';

it('has a kind, a length and the bytes', () => {
  expect(inputFrames(Buffer.from('ls\n')).map((frame) => frame.toString('hex'))).toEqual(['6903006c730a']);
  expect(sizeFrame({ rows: 33, columns: 77 }).toString('hex')).toBe('7704002100' + '4d00');
  expect(ackFrame(0x1_0000_0001).toString('hex')).toBe('7208000100000001000000');
});

it('never writes more at once than a fifo takes', () => {
  const bytes = Buffer.alloc(10_000, 'x');
  const frames = inputFrames(bytes);
  expect(frames.every(({ length }) => length <= 4096)).toBe(true);
  expect(Buffer.concat(frames.map((frame) => frame.subarray(3))).equals(bytes)).toBe(true);
  expect(inputFrames(Buffer.alloc(0))).toEqual([]);
});

it('has the numbers of frames.h', async () => {
  const header = await readFile('bpf/shell/frames.h', 'utf8');
  const value = (name: string): string | undefined => new RegExp(`${name}(?: =)? +(\\S+?),?\\n`).exec(header)?.[1];
  expect([value('FRAME_INPUT'), value('FRAME_SIZE'), value('FRAME_READ')]).toEqual(["'i'", "'w'", "'r'"]);
  expect([value('FRAME_MAX'), value('FRAME_HEADER')]).toEqual(['4096', '3']);
});
