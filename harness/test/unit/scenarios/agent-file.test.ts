// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { errorCodes, operations } from '../../../guest/protocol.js';
import { errorShape } from '../../../guest/messages.js';
import { encodeMessage, type Shape } from '../../../guest/shape.js';
import { parseAgentJson } from '../../../model/agent-json.js';
import { boundedLines, readAgentFile } from '../../../scenarios/agent-file.js';
import { fakeGuest, reply } from '../guest/fake-guest.js';

const limits = { helloMs: 60_000, requestMs: 60_000 };

/** A guest with one file of this size, full of one letter; how many bytes it gave away. */
async function guestWith(size: number) {
  let given = 0;
  const { stream } = fakeGuest(({ message }) => {
    const { offset = 0, max = 0 } = message as { readonly offset?: number; readonly max?: number };
    const data = Buffer.alloc(Math.max(0, Math.min(max, size - offset)), 'x');
    given += data.length;
    return reply('get', { data, size });
  });
  return { guest: await Guest.connect(stream, limits), given: () => given };
}

async function guestThatRefuses(errno: number): Promise<Guest> {
  const payload = encodeMessage<Shape>(errorShape, { code: errorCodes.system, message: 'no', errno });
  const { stream } = fakeGuest(() => ({ type: operations.error, seq: 1, payload }));
  return Guest.connect(stream, limits);
}

describe('what an agent has written', () => {
  it('is read whole where it is short', async () => {
    const { guest } = await guestWith(10);
    expect(await readAgentFile(guest, '/f')).toEqual({ kind: 'text', text: 'xxxxxxxxxx' });
  });

  it('is both ends of a terabyte', async () => {
    const { guest, given } = await guestWith(2 ** 40);
    const file = await readAgentFile(guest, '/f', 1000);
    expect(given()).toBe(2000);
    expect(file).toEqual({ kind: 'text', text: expect.stringMatching(/^x{1000}\n\[\d+ bytes left out\]\nx{1000}$/) });
  });

  it('is nothing, or no file', async () => {
    expect(await readAgentFile(await guestThatRefuses(2), '/f')).toEqual({ kind: 'none' });
    const special = { kind: 'unreadable', why: 'it is no regular file' };
    expect(await readAgentFile(await guestThatRefuses(22), '/f')).toEqual(special);
    expect(await readAgentFile(await guestThatRefuses(40), '/f')).toMatchObject({ kind: 'unreadable' });
    await expect(readAgentFile(await guestThatRefuses(1), '/f')).rejects.toMatchObject({ errno: 1 });
  });
});

describe('lines', () => {
  it.each([
    ['', []],
    ['unfinished', []],
    ['one\n', ['one']],
    ['one\n\ntwo\nunfinished', ['one', '', 'two']],
  ])('of %j are %j', (text, lines) => {
    expect(boundedLines(text)).toEqual(lines);
  });

  it('by the million are those of both ends', () => {
    const all = Array.from({ length: 300_000 }, (_, number) => String(number));
    const lines = boundedLines(`${all.join('\n')}\n`);
    expect(lines).toHaveLength(100_001);
    expect([lines[0], lines[49_999], lines.at(-1)]).toEqual(['0', '49999', '299999']);
    expect(lines[50_000]).toMatch(/^\[\d+ bytes left out\]$/);
    expect(lines.at(-50_000)).toBe('250000');
  });

  it('just at the limit are all', () => {
    const all = Array.from({ length: 100_000 }, (_, number) => String(number));
    expect(boundedLines(`${all.join('\n')}\n`)).toEqual(all);
  });
});

describe('JSON of an agent', () => {
  it('is read as JSON', () => {
    const value = { a: [{ b: '[[[{{{"' }], c: '\\' };
    expect(parseAgentJson(JSON.stringify(value))).toEqual(value);
    expect(() => parseAgentJson('{')).toThrow(SyntaxError);
  });

  it.each([
    ['three million brackets', '['.repeat(3_000_000)],
    ['objects in objects', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('with %s is refused at once', (_, text) => {
    expect(() => parseAgentJson(text)).toThrow('nested more than');
  });

  it('may have brackets in a string', () => {
    expect(parseAgentJson(JSON.stringify('['.repeat(1000)))).toHaveLength(1000);
  });
});
