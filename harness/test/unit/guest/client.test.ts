// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { GuestRefusal } from '../../../guest/errors.js';
import { errorShape } from '../../../guest/messages.js';
import { errorCodes, operations } from '../../../guest/protocol.js';
import { encodeMessage } from '../../../guest/shape.js';
import { encodeFrame } from '../../../guest/wire.js';
import type { InfraError } from '../../../model/errors.js';
import { fakeGuest, hello, reply, type Answer, type Asked } from './fake-guest.js';

const options = { helloMs: 50, requestMs: 50 };
const sysinfo = reply('sysinfo', { memory: 1, cpus: 2 });

async function connected(answer: (asked: Asked) => Answer) {
  const fake = fakeGuest(answer);
  return { ...fake, guest: await Guest.connect(fake.stream, options) };
}

function infra(cause: string, words: string) {
  return expect.objectContaining({ infra: cause, message: expect.stringContaining(words) as string }) as InfraError;
}

describe('hello', () => {
  it('tells the kernel', async () => {
    const { guest } = await connected(() => null);
    expect(guest.hello.release).toBe('6.1.0');
  });

  it('missing is HELLO_TIMEOUT', async () => {
    const { stream } = fakeGuest(() => null, null);
    await expect(Guest.connect(stream, options)).rejects.toEqual(infra('HELLO_TIMEOUT', 'no hello within 0.05 s'));
  });

  it('of another protocol version is GUEST_PROTOCOL', async () => {
    const { stream } = fakeGuest(() => null, reply('hello', { ...hello, version: 3 }));
    await expect(Guest.connect(stream, options)).rejects.toEqual(infra('GUEST_PROTOCOL', 'protocol 3'));
  });

  it('replaced by noise is GUEST_PROTOCOL', async () => {
    const { stream, own } = fakeGuest(() => null, null);
    own.write('login: ............');
    await expect(Guest.connect(stream, options)).rejects.toEqual(infra('GUEST_PROTOCOL', 'magic'));
  });

  it('cut off by the end of the guest is GUEST_PROTOCOL at once', async () => {
    const { stream, own } = fakeGuest(() => null, null);
    own.end();
    await expect(Guest.connect(stream, { ...options, helloMs: 10_000 })).rejects.toEqual(
      infra('GUEST_PROTOCOL', 'closed the port'),
    );
  });

  it('is asked for when a snapshot is resumed', async () => {
    const { stream, asked } = fakeGuest(
      ({ name }) => (name === 'hello' ? reply('hello', hello) : name === 'resume' ? Buffer.alloc(0) : sysinfo),
      null,
    );
    const guest = await Guest.resume(stream, options);
    expect(await guest.call('sysinfo', {})).toEqual({ memory: 1, cpus: 2 });
    expect(asked.map(({ name }) => name)).toEqual(['hello', 'resume', 'sysinfo']);
  });

  it('is followed by the time and by random numbers that differ, when a snapshot is resumed', async () => {
    const seeds: Uint8Array[] = [];
    for (let machine = 0; machine < 2; machine++) {
      const { stream, asked } = fakeGuest(
        ({ name }) => (name === 'hello' ? reply('hello', hello) : Buffer.alloc(0)),
        null,
      );
      await Guest.resume(stream, options);
      const told = asked[1];
      if (told?.name !== 'resume') throw new Error('not resumed');
      expect(Math.abs(told.message.timeUs / 1000 - Date.now())).toBeLessThan(60_000);
      seeds.push(told.message.entropy);
    }
    expect(seeds[0]?.length).toBe(512);
    expect(seeds[0]).not.toEqual(seeds[1]);
  });

  it('of a snapshot whose guest cannot take the time is a refusal', async () => {
    const payload = encodeMessage(errorShape, { code: errorCodes.system, errno: 1, message: 'resume: not permitted' });
    const { stream } = fakeGuest(
      ({ name }) => (name === 'hello' ? reply('hello', hello) : { type: operations.error, seq: 2, payload }),
      null,
    );
    await expect(Guest.resume(stream, options)).rejects.toMatchObject({ operation: 'resume', errno: 1 });
  });

  it('is not waited for after an abort', async () => {
    const { stream } = fakeGuest(() => null, null);
    const abort = new AbortController();
    const waiting = Guest.connect(stream, { helloMs: 10_000, requestMs: 50, signal: abort.signal });
    abort.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });
});

describe('requests', () => {
  it('go one at a time, in order', async () => {
    const { guest, asked, own } = await connected(() => null);
    const first = guest.call('remove', { path: 'a' });
    const second = guest.call('sysinfo', {});
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(asked.map(({ name }) => name)).toEqual(['remove']);
    own.write(encodeFrame({ type: operations.remove, seq: 1, payload: Buffer.alloc(0) }));
    await first;
    await new Promise((resolve) => setTimeout(resolve, 10));
    own.write(encodeFrame({ type: operations.sysinfo, seq: 2, payload: sysinfo }));
    expect(await second).toEqual({ memory: 1, cpus: 2 });
    expect(asked.map(({ name }) => name)).toEqual(['remove', 'sysinfo']);
  });

  it('without an answer are REQUEST_TIMEOUT, and so is all that follows', async () => {
    const { guest, asked } = await connected(() => null);
    await expect(guest.call('sysinfo', {})).rejects.toEqual(infra('REQUEST_TIMEOUT', 'no sysinfo within 0.05 s'));
    await expect(guest.call('remove', { path: 'x' })).rejects.toEqual(infra('REQUEST_TIMEOUT', 'no sysinfo'));
    expect(asked).toHaveLength(1);
  });

  it('that are refused leave the conversation as it is', async () => {
    const payload = encodeMessage(errorShape, { code: errorCodes.system, errno: 2, message: '/x: No such file' });
    const { guest } = await connected((request) =>
      request.name === 'get' ? { type: operations.error, seq: 1, payload } : sysinfo,
    );
    const refused = await guest.call('get', { path: '/x', offset: undefined, max: undefined }).catch((e: unknown) => e);
    expect(refused).toBeInstanceOf(GuestRefusal);
    expect(refused).toMatchObject({ code: 'system', errno: 2, operation: 'get', infra: 'GUEST_PROTOCOL' });
    expect(await guest.call('sysinfo', {})).toEqual({ memory: 1, cpus: 2 });
  });

  it.each<[string, Answer, string]>([
    ['to another request', { type: operations.sysinfo, seq: 7, payload: sysinfo }, 'reply 7 to request 1'],
    ['of another type', { type: operations.get, seq: 1, payload: sysinfo }, 'reply of type 4 to sysinfo'],
    ['with an unknown field', reply('hello', hello), 'unknown field version'],
    ['with too few fields', Buffer.alloc(0), 'field memory is missing'],
    ['with stray bytes', Buffer.alloc(1), '1 stray bytes'],
    [
      'with an unknown error code',
      {
        type: operations.error,
        seq: 1,
        payload: encodeMessage(errorShape, { code: 99, message: '?', errno: undefined }),
      },
      'error code 99',
    ],
  ])('with a reply %s end in GUEST_PROTOCOL for good', async (_, answer, words) => {
    const { guest } = await connected(() => answer);
    await expect(guest.call('sysinfo', {})).rejects.toEqual(infra('GUEST_PROTOCOL', words));
    await expect(guest.call('sysinfo', {})).rejects.toEqual(infra('GUEST_PROTOCOL', words));
  });

  it('find out when the guest speaks without being asked', async () => {
    const { guest, own } = await connected(() => sysinfo);
    for (const seq of [5, 6]) own.write(encodeFrame({ type: operations.sysinfo, seq, payload: sysinfo }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    await expect(guest.call('sysinfo', {})).rejects.toEqual(infra('GUEST_PROTOCOL', 'without being asked'));
  });

  it('end at once when the guest dies', async () => {
    const fake = fakeGuest(() => null);
    const guest = await Guest.connect(fake.stream, { helloMs: 50, requestMs: 10_000 });
    const waiting = guest.call('sysinfo', {});
    fake.own.end();
    await expect(waiting).rejects.toEqual(infra('GUEST_PROTOCOL', 'closed the port'));
  });

  it('grant the guest the time of its work', async () => {
    const fake = fakeGuest(() => null);
    const guest = await Guest.connect(fake.stream, options);
    const started = Date.now();
    const waiting = guest.call('sysinfo', {}, 1);
    setTimeout(() => {
      fake.own.write(encodeFrame({ type: operations.sysinfo, seq: 1, payload: sysinfo }));
    }, 150);
    expect(await waiting).toEqual({ memory: 1, cpus: 2 });
    expect(Date.now() - started).toBeGreaterThanOrEqual(140);
  });
});
