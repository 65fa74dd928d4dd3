// SPDX-License-Identifier: Apache-2.0
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { ends } from '../../../guest/protocol.js';
import { ProbeDenied, ProbeTampered, runSealed, sealProgram, spawnSealed, vouch } from '../../../guest/sealed.js';
import { type Asked, fakeGuest, reply } from './fake-guest.js';
import { signedOutput } from './signed-output.js';

const program = { name: 'attempt', fd: 100, standby: true };

/** A guest whose sealed program prints what `print` makes of the request. */
async function guestThatPrints(print: (secret: Buffer, asked: Asked) => Buffer, status = 0): Promise<Guest> {
  const { stream } = fakeGuest((asked) => {
    if (asked.name === 'spawn') return reply('spawn', { pid: 7 });
    const stdout = print(guest.secret, asked);
    return reply('run', { end: ends.exited, endCode: status, stdout, stderr: Buffer.alloc(0), truncated: 0 });
  });
  const guest: Guest = await Guest.connect(stream, { helloMs: 60_000, requestMs: 60_000 });
  return guest;
}

const run = (guest: Guest) => runSealed(guest, { program, args: ['batch'], timeout: 1000 });
const text = (output: Buffer): string[] => output.toString().split('\n').slice(0, -1);
const of = (lines: readonly string[]): Buffer => Buffer.from(`${lines.join('\n')}\n`);

describe('what a sealed program prints', () => {
  it('is its lines', async () => {
    const guest = await guestThatPrints((secret, asked) => signedOutput(secret, asked, ['one', '', 'three']));
    expect(await run(guest)).toMatchObject({ lines: ['one', '', 'three'], whole: true });
  });

  const honest = (secret: Buffer, asked: Asked): string[] => text(signedOutput(secret, asked, ['{"errno":0}', 'x']));
  it.each<[string, (lines: string[]) => string[]]>([
    ['another word in a line', ([first = '', ...rest]) => [first.replace('0}', '1}'), ...rest]],
    ['a line of somebody else', (lines) => ['{"errno":1}', ...lines]],
    ['lines in another order', ([a = '', b = '', end = '']) => [b, a, end]],
    ['a line that is missing', ([, ...rest]) => rest],
    ['no end', (lines) => lines.slice(0, -1)],
    ['an end too soon', ([first = '', , end = '']) => [first, end]],
    ['nothing', () => []],
  ])("with %s is nobody's", async (_, forge) => {
    const guest = await guestThatPrints((secret, asked) => of(forge(honest(secret, asked))));
    await expect(run(guest)).rejects.toBeInstanceOf(ProbeTampered);
  });

  it('cannot be that of an earlier run', async () => {
    let earlier: Buffer | undefined;
    const guest = await guestThatPrints((secret, asked) => (earlier ??= signedOutput(secret, asked, ['x'])));
    await run(guest);
    await expect(run(guest)).rejects.toBeInstanceOf(ProbeTampered);
  });

  it('is not asked for of one that failed', async () => {
    const guest = await guestThatPrints(() => Buffer.alloc(0), 2);
    expect(await run(guest)).toMatchObject({ end: { kind: 'exited', status: 2 }, lines: [], whole: false });
  });

  it('may be denied to it', async () => {
    const guest = await guestThatPrints(() => Buffer.alloc(0), 77);
    await expect(run(guest)).rejects.toBeInstanceOf(ProbeDenied);
  });

  it('is read while it runs, up to the line that is not finished', async () => {
    let asked: Asked | undefined;
    const { stream } = fakeGuest((one) => {
      asked = one;
      return reply('spawn', { pid: 7 });
    });
    const guest = await Guest.connect(stream, { helloMs: 60_000, requestMs: 60_000 });
    const { read } = await spawnSealed(guest, { program, args: ['serve'], stdout: '/out' });
    const output = signedOutput(guest.secret, asked!, ['ready', 'more']).toString();
    expect(read(output.slice(0, 75))).toEqual(['ready']);
    expect(() => read(`ready\n`)).toThrow(ProbeTampered);
  });
});

describe('a program', () => {
  async function sealedAs(size: number, sum: number): Promise<void> {
    const { stream } = fakeGuest((asked) => (asked.name === 'put' ? reply('put', {}) : reply('seal', { size, sum })));
    const guest = await Guest.connect(stream, { helloMs: 60_000, requestMs: 60_000 });
    await sealProgram(guest, program, Buffer.from([1, 0, 0, 0, 2]));
  }

  it('is sealed as it was uploaded', async () => {
    // 1, and 1 + 2.
    await expect(sealedAs(5, 4)).resolves.toBeUndefined();
  });

  it.each([
    [4, 4],
    [5, 5],
  ])(
    'that was sealed as another file than the one uploaded ends the conversation: %i bytes, sum %i',
    async (size, sum) => {
      await expect(sealedAs(size, sum)).rejects.toThrow('another file');
    },
  );
});

describe('PID 1', () => {
  async function thatSays(said: string, by?: Buffer) {
    const { stream } = fakeGuest(({ message }) => {
      const { nonce } = message as { readonly nonce: string };
      const sha256 = createHmac('sha256', by ?? guest.secret)
        .update(`${nonce}\0${said}`)
        .digest();
      return reply('vouch', { text: said, sha256 });
    });
    const guest: Guest = await Guest.connect(stream, { helloMs: 60_000, requestMs: 60_000 });
    return guest;
  }

  it('says what has been done to it', async () => {
    expect(await vouch(await thatSays(''))).toEqual({ watched: true, seen: [] });
    const seen = await vouch(await thatSays('evil (9) reached into PID 1\nevil (9) reached into the probe 12\n'));
    expect(seen).toMatchObject({ seen: ['evil (9) reached into PID 1', 'evil (9) reached into the probe 12'] });
  });

  it('says when it cannot see', async () => {
    expect(await vouch(await thatSays('?no kprobes'))).toEqual({ watched: false, why: 'no kprobes' });
  });

  it('is nobody who does not have the key', async () => {
    await expect(vouch(await thatSays('', Buffer.alloc(32)))).rejects.toBeInstanceOf(ProbeTampered);
  });
});

describe('the status of a denied process', () => {
  it('is the same on both sides', async () => {
    expect(await readFile('bpf/guest/standby.h', 'utf8')).toContain('#define STANDBY_DENIED 77\n');
    expect(await readFile('bpf/guest/power.h', 'utf8')).toContain('#define DENIED_STATUS 77\n');
  });
});
