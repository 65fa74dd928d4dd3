// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withStateReceiver } from '../../../../boot/snapshot/receive.js';
import { hashBytes } from '../../../../kernels/cache/hash.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receive-test-'));
  // Deeper than the address of a socket is long.
  const deep = join(folder, 'a'.repeat(100), 'b'.repeat(100));
  await mkdir(deep, { recursive: true });
  file = join(deep, 'memory');
});
afterEach(() => rm(folder, { recursive: true }));

const state = Buffer.alloc(5_000_001, 'QEVM');

/** Sends as QEMU does, and ends. Resolves when the socket is closed, whoever closed it. */
async function send(uri: string, bytes: Uint8Array): Promise<void> {
  const socket = connect(uri.replace(/^unix:/, ''));
  socket.on('error', () => undefined);
  socket.end(bytes);
  await once(socket, 'close');
}

const receive = (): Promise<string> =>
  withStateReceiver(file, async ({ uri, written }) => {
    await send(uri, state);
    return written;
  });

it('has all that was sent in the file, readable by nobody else, and its hash', async () => {
  expect(await receive()).toBe(hashBytes(state));
  expect((await readFile(file)).equals(state)).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

it('leaves no socket behind', async () => {
  await receive();
  expect(await readdir(join(file, '..'))).toEqual(['memory']);
});

it('writes over nothing', async () => {
  await writeFile(file, 'of another');
  await expect(receive()).rejects.toThrow('EEXIST');
  expect(await readFile(file, 'utf8')).toBe('of another');
});

it('ends with whoever asked for it, though nobody has sent anything', async () => {
  let outcome: Promise<string> | undefined;
  const asked = withStateReceiver(file, ({ written }) => {
    outcome = written;
    return Promise.reject(new Error('QEMU refused'));
  });
  await expect(asked).rejects.toThrow('QEMU refused');
  await expect(outcome).rejects.toThrow('abort');
  expect(await readdir(join(file, '..'))).toEqual(['memory']);
});

it('says that there is no such folder', async () => {
  await rm(join(file, '..'), { recursive: true });
  await expect(receive()).rejects.toThrow('ENOENT');
});
