// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resolveKernel } from '../../../kernels/index.js';
import { publish, SigningKey } from './fixture/archive.js';
import { buildDeb } from './fixture/packages.js';
import { type ContextOptions, listener, World } from './fixture/world.js';

let world: World;
let debian: SigningKey;
beforeAll(async () => {
  world = await World.make();
  debian = await SigningKey.make(join(world.folder, 'gpg-debian'));
});
afterAll(async () => {
  await debian.close();
  await world.close();
});

/** A Debian archive that has Ubuntu's keyring as a package, and an Ubuntu archive that is signed by it. */
beforeEach(async () => {
  await world.reset();
  await world.publish('jammy', ['new']);
  const path = 'usr/share/keyrings/archive-keyring.gpg';
  const files = { [path]: await readFile(world.key.keyring) };
  const deb = await buildDeb(join(world.folder, 'build'), { name: 'ubuntu-keyring', version: '1-1', files });
  await publish(join(world.folder, 'www', 'debian'), 'keys', [deb], debian);
});

function host(keyring: string): ContextOptions {
  return { keyring: null, debian: { archive: `${world.server.url}debian/`, keyring } };
}

describe("a host without Ubuntu's keyring", () => {
  test("takes it from Debian's archive, which the host's Debian keyring vouches for, and says so", async () => {
    const { said, onProgress } = listener();
    const context = await world.context(host(debian.keyring));
    const kernel = await resolveKernel('5.15', context, { onProgress });
    expect(kernel).toMatchObject({ status: 'ready', identity: { lock: 'pending' } });
    expect(said.filter((progress) => progress.kind === 'notice').map((progress) => progress.text)).toEqual([
      'no ubuntu archive keyring on this host; using the one of ubuntu-keyring 1-1 of debian',
    ]);
  });

  test('does so once for all kernels of a run, and from the cache in the next', async () => {
    const context = await world.context(host(debian.keyring));
    await Promise.all([resolveKernel('5.15', context), resolveKernel('6.8', context)]);
    expect(await readdir(context.keyrings)).toHaveLength(1);
    const pulls = (): number => world.server.requests.filter((path) => path.includes('ubuntu-keyring')).length;
    expect(pulls()).toBe(1);
    const cacheDir = join(context.store, '..');
    const next = await world.context({ ...host(debian.keyring), cacheDir, lock: world.lockOn('old') });
    await resolveKernel('5.15', next);
    expect(pulls()).toBe(1);
  });

  test('does not take it from an archive that the host does not trust', async () => {
    const context = await world.context(host(world.key.keyring));
    const kernel = await resolveKernel('5.15', context);
    expect(kernel).toMatchObject({ status: 'unavailable', reason: 'TOOL_MISSING' });
    if (kernel.status !== 'unavailable') return;
    expect(kernel.next).toContain('ubuntu-keyring');
    expect(kernel.tried).toEqual([
      '/none/archive-keyring.gpg: not there',
      'ubuntu-keyring in the debian archive: not to be had',
    ]);
  });

  test('does not take one that arrives damaged', async () => {
    world.server.intercept = (path, response): boolean => {
      if (!path.includes('/pool/ubuntu-keyring')) return false;
      response.end('not a package');
      return true;
    };
    const context = await world.context(host(debian.keyring));
    expect(await resolveKernel('5.15', context)).toMatchObject({ status: 'unavailable', reason: 'TOOL_MISSING' });
    expect(await readdir(context.keyrings)).toEqual([]);
  });

  test('does not look for another where one was configured', async () => {
    const context = await world.context({ ...host(debian.keyring), keyring: '/none' });
    expect(await resolveKernel('5.15', context)).toMatchObject({ reason: 'TOOL_MISSING' });
    expect(world.server.requests).toEqual([]);
  });
});
