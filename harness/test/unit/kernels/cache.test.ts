// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sweepCacheTempFolders } from '../../../kernels/cache/temp.js';
import { type KernelContext, resolveKernel } from '../../../kernels/index.js';
import { readCachedKernel } from '../../../kernels/fetch.js';
import type { ReadyKernel } from '../../../model/kernel.js';
import { runProgram } from '../../../proc/run.js';
import { publish } from './fixture/archive.js';
import { fakeBzImage } from './fixture/fake-kernel.js';
import { buildDeb } from './fixture/packages.js';
import { leftovers, listener, releases, World } from './fixture/world.js';

const imageSize = 3 * 2 ** 20;
let world: World;
beforeAll(async () => {
  world = await World.make(imageSize);
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.reset();
  await world.publish('jammy', []);
  await world.publish('jammy-updates', ['old', 'new']);
});

async function fetched(context: KernelContext): Promise<ReadyKernel> {
  const kernel = await resolveKernel('5.15', context);
  if (kernel.status !== 'ready') throw new Error(JSON.stringify(kernel, null, 2));
  return kernel;
}

describe('a cached kernel', () => {
  test('keeps what guests need, modules decompressed, and nothing else', async () => {
    const { files } = await fetched(await world.context({ lock: world.lockOn('new') }));
    const folder = join(files.image, '..');
    const modules = `lib/modules/${releases.new.release}`;
    const found = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(
      found
        .filter((item) => item.isFile())
        .map((item) => join(item.parentPath, item.name).slice(folder.length + 1))
        .sort(),
    ).toEqual([
      'config',
      `${modules}/kernel/drivers/net/dummy.ko`,
      `${modules}/kernel/fs/overlayfs/overlay.ko`,
      `${modules}/modules.builtin`,
      'manifest.json',
      'vmlinuz',
    ]);
    expect((await readFile(join(folder, `${modules}/kernel/fs/overlayfs/overlay.ko`))).toString('latin1', 1, 4)).toBe(
      'ELF',
    );
  });

  test('needs neither network nor apt, and is there at once', async () => {
    const context = await world.context({ lock: world.lockOn('new') });
    const first = await fetched(context);
    const asked = world.server.requests.length;
    const path = process.env['PATH'];
    process.env['PATH'] = '/nonexistent';
    try {
      const started = performance.now();
      expect(await fetched(context)).toEqual(first);
      expect(performance.now() - started).toBeLessThan(250);
    } finally {
      process.env['PATH'] = path;
    }
    expect(world.server.requests).toHaveLength(asked);
  });

  test('that was never locked is used when no archive answers, and that is said', async () => {
    const cacheDir = join(world.folder, 'offline-cache');
    await fetched(await world.context({ cacheDir }));
    await world.reset();
    const { said, onProgress } = listener();
    const context = await world.context({ cacheDir, archive: 'http://127.0.0.1:1/' });
    const kernel = await resolveKernel('5.15', context, { onProgress });
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version, lock: 'unlocked' } });
    expect(said.filter((progress) => progress.kind === 'notice')).toHaveLength(1);
  });
});

describe('a damaged cache entry is dropped, said, and fetched again', () => {
  const faults: readonly { what: string; detail: RegExp; damage: (folder: string) => Promise<void> }[] = [
    {
      what: 'one byte of the image changed, same size',
      detail: /vmlinuz has another content/,
      damage: async (folder) => {
        const bytes = await readFile(join(folder, 'vmlinuz'));
        bytes[5000] = 0;
        await writeFile(join(folder, 'vmlinuz'), bytes);
      },
    },
    {
      what: 'the image cut short',
      detail: /vmlinuz has 10 bytes/,
      damage: (folder) => writeFile(join(folder, 'vmlinuz'), Buffer.alloc(10)),
    },
    { what: 'a file gone', detail: /config is missing/, damage: (folder) => rm(join(folder, 'config')) },
    { what: 'no manifest', detail: /manifest.json is missing/, damage: (folder) => rm(join(folder, 'manifest.json')) },
    {
      what: 'a manifest that was made to fit a changed image',
      detail: /manifest.json was changed/,
      damage: async (folder) => {
        const path = join(folder, 'manifest.json');
        await writeFile(path, (await readFile(path, 'utf8')).replace(`"size":${imageSize}`, '"size":1'));
      },
    },
  ];

  test.each(faults)('$what', async ({ damage, detail }) => {
    const context = await world.context({ lock: world.lockOn('new') });
    const first = await fetched(context);
    await damage(join(first.files.image, '..'));
    const { said, onProgress } = listener();
    const again = await resolveKernel('5.15', context, { onProgress });
    expect(again).toEqual(first);
    expect(said[0]).toMatchObject({ kind: 'notice' });
    expect(said[0]!.text).toMatch(detail);
    expect(await leftovers(context.store)).toEqual([]);
  });
});

test('two runs that fetch the same kernel into the same cache both get it', async () => {
  const cacheDir = join(world.folder, 'shared-cache');
  const contexts = await Promise.all([1, 2, 3].map(() => world.context({ cacheDir, lock: world.lockOn('new') })));
  const kernels = await Promise.all(contexts.map((context) => fetched(context)));
  expect(new Set(kernels.map((kernel) => kernel.files.image)).size).toBe(1);
  expect(await readdir(contexts[0]!.store)).toHaveLength(1);
});

test('an entry that another run published damaged in the meantime is replaced', async () => {
  const context = await world.context({ lock: world.lockOn('new') });
  const elsewhere = await world.context({ lock: world.lockOn('new') });
  const good = join((await fetched(elsewhere)).files.image, '..');
  world.server.intercept = (path): boolean => {
    if (!path.includes('/pool/')) return false;
    world.server.intercept = null;
    void cp(good, good.replace(elsewhere.store, context.store), { recursive: true }).then(() =>
      writeFile(join(good.replace(elsewhere.store, context.store), 'vmlinuz'), 'half'),
    );
    return false;
  };
  const kernel = await fetched(context);
  expect((await stat(kernel.files.image)).size).toBe(imageSize);
});

describe('a package', () => {
  test('that is not what the signed index lists is refused, and nothing of it stays', async () => {
    world.server.intercept = (path, response): boolean => {
      if (!path.includes('/pool/linux-image')) return false;
      response.end(Buffer.alloc(imageSize));
      return true;
    };
    const context = await world.context({ lock: world.lockOn('new') });
    const kernel = await resolveKernel('5.15', context);
    expect(kernel).toMatchObject({ status: 'unavailable', reason: 'PACKAGE_DAMAGED' });
    expect(await readdir(context.store)).toEqual([]);
  });

  test('that is damaged on one archive is taken from the next', async () => {
    await world.publish('jammy-updates', ['new'], 'snapshot/20260101T000000Z');
    world.server.intercept = (path, response): boolean => {
      if (!path.startsWith('/ubuntu/pool/')) return false;
      response.end('not a package');
      return true;
    };
    const kernel = await fetched(await world.context({ lock: world.lockOn('new') }));
    expect(kernel.identity.lock).toBe('pinned');
  });

  test.each([
    { what: 'no image', files: { 'boot/nothing': '' }, says: 'no vmlinuz inside' },
    {
      what: 'an image that is none',
      files: { [`boot/vmlinuz-${releases.new.release}`]: 'text' },
      says: `boot/vmlinuz-${releases.new.release}: not an x86-64 kernel image`,
    },
    {
      what: 'a module that is none',
      files: {
        [`boot/vmlinuz-${releases.new.release}`]: fakeBzImage(releases.new.release),
        [`lib/modules/${releases.new.release}/kernel/net/dummy.ko.xz`]: 'garbage',
      },
      says: 'dummy.ko.xz: xz failed',
    },
  ])('that is signed and listed but holds $what is damaged too', async ({ what, files, says }) => {
    const folder = join(world.folder, 'build', what);
    await mkdir(folder, { recursive: true });
    const deb = await buildDeb(folder, { name: `linux-image-${releases.new.release}`, version: '5.15.0-999', files });
    await publish(join(world.folder, 'www', 'ubuntu'), 'jammy-updates', [deb], world.key);
    const context = await world.context();
    const kernel = await resolveKernel('5.15', context);
    expect(kernel).toMatchObject({ status: 'unavailable', reason: 'PACKAGE_DAMAGED' });
    expect(kernel.status === 'unavailable' && kernel.tried.join('\n')).toContain(says);
    expect(await readdir(context.store)).toEqual([]);
  });
});

describe('an interrupted fetch', () => {
  test('in the middle of a download ends at once and leaves nothing', async () => {
    const context = await world.context({ lock: world.lockOn('new') });
    const abort = new AbortController();
    const stopped = new Error('stop');
    let pending: ServerResponse | undefined;
    world.server.intercept = (path, response): boolean => {
      if (!path.includes('/pool/linux-image')) return false;
      pending = response;
      // No length: apt would compare it with the index and not wait for the rest.
      response.writeHead(200);
      response.write(Buffer.alloc(1000));
      setTimeout(() => {
        abort.abort(stopped);
      }, 50);
      return true;
    };
    const started = Date.now();
    await expect(resolveKernel('5.15', context, { signal: abort.signal })).rejects.toBe(stopped);
    expect(Date.now() - started).toBeLessThan(15_000);
    await context.close();
    // apt's own children notice its end a moment later.
    await expect.poll(() => readdir(context.store), { timeout: 5_000 }).toEqual([]);
    await expect.poll(() => readdir(join(context.store, '..', 'apt')), { timeout: 5_000 }).toEqual([]);
    await expect.poll(() => pending?.destroyed, { timeout: 5_000 }).toBe(true);
  });

  test('does not keep a later one of the same run from trying', async () => {
    const context = await world.context({ lock: world.lockOn('new') });
    const abort = AbortSignal.abort(new Error('before it began'));
    await expect(resolveKernel('5.15', context, { signal: abort })).rejects.toThrow('before it began');
    expect((await fetched(context)).identity.lock).toBe('pinned');
  });
});

test('an entry that was made while artifacts were called debs is read as one of today', () => {
  const artifacts = [{ package: 'linux-image-6.1', version: '6.1-1', sha256: '0'.repeat(64) }];
  const about = { family: 'debian', suite: 'bookworm', release: '6.1.0-41-cloud-amd64' };
  expect(readCachedKernel({ ...about, debs: artifacts })).toEqual({ ...about, artifacts });
  expect(readCachedKernel({ ...about, artifacts })).toEqual({ ...about, artifacts });
  expect(readCachedKernel(about)).toBeNull();
});

describe('temporary folders', () => {
  test('of dead processes are swept, of living and of foreign ones are not', async () => {
    const store = join(world.folder, 'swept');
    const dead = `.tmp-${hostname()}-4194999-0123abcd`;
    const mine = `.tmp-${hostname()}-${process.pid}-0123abcd`;
    const foreign = '.tmp-other-host-4194999-0123abcd';
    const stale = '.tmp-other-host-4194998-0123abcd';
    for (const name of [dead, mine, foreign, stale, 'entry'])
      await mkdir(join(store, name, 'artifacts'), { recursive: true });
    await utimes(join(store, stale), new Date(0), new Date(0));
    expect((await sweepCacheTempFolders(store)).sort()).toEqual([dead, stale].sort());
    expect((await readdir(store)).sort()).toEqual([mine, foreign, 'entry'].sort());
  });
});

const canMount = process.getuid?.() === 0;
if (!canMount) console.warn('SKIPPED, needs root to mount a tmpfs: a full disk while fetching');

test.skipIf(!canMount)(
  'a full disk is one clear error that names folder and free space, and leaves nothing',
  async () => {
    const cacheDir = join(world.folder, 'small-disk');
    await mkdir(cacheDir);
    const mounted = await runProgram('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', cacheDir]);
    expect(mounted, 'mount of a tmpfs').toMatchObject({ exitCode: 0 });
    try {
      const context = await world.context({ cacheDir, lock: world.lockOn('new') });
      await expect(resolveKernel('5.15', context)).rejects.toMatchObject({
        name: 'InfraError',
        message: expect.stringMatching(
          new RegExp(`no space left in ${context.store} \\(\\d+\\.\\d MiB free\\)`),
        ) as string,
      });
      expect(await readdir(context.store)).toEqual([]);
      await context.close();
    } finally {
      await runProgram('umount', [cacheDir]);
    }
  },
);

test('a cache folder that cannot be written is one clear error that names it', async () => {
  const cacheDir = join(world.folder, 'a-file');
  await writeFile(cacheDir, '');
  await expect(resolveKernel('5.15', await world.context({ cacheDir }))).rejects.toMatchObject({
    name: 'InfraError',
    message: expect.stringContaining(cacheDir) as string,
  });
});
