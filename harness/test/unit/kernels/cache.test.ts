// SPDX-License-Identifier: Apache-2.0
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addEntry, lookUpEntry } from '../../../kernels/cache/store.js';
import { sweepCacheTempFolders } from '../../../kernels/cache/temp.js';
import { type KernelContext, resolveKernel } from '../../../kernels/index.js';
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
    expect(kernel).toMatchObject({ status: 'ready', identity: { version: releases.new.version, lock: 'pending' } });
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

/** Puts a changed entry in the place of a kernel's, with a seal that fits it: what somebody who may write there can do. */
async function forge(kernel: ReadyKernel, change: (folder: string) => Promise<void>): Promise<void> {
  const folder = join(kernel.files.image, '..');
  const found = await lookUpEntry(join(folder, '..'), basename(folder));
  if (found.kind !== 'hit') throw new Error(found.kind);
  const copy = join(world.folder, 'forged');
  await rename(folder, copy);
  await addEntry(join(folder, '..'), basename(folder), async (into) => {
    await cp(copy, into, { recursive: true });
    await rm(join(into, 'manifest.json'));
    await change(into);
    return found.entry.about;
  });
  await rm(copy, { recursive: true });
}

describe('a cache entry with a seal that fits it', () => {
  test('of another kernel, copied over the locked one, is noticed and replaced', async () => {
    const cacheDir = join(world.folder, 'swapped-cache');
    const old = await fetched(await world.context({ cacheDir, lock: world.lockOn('old') }));
    const context = await world.context({ cacheDir, lock: world.lockOn('new') });
    const first = await fetched(context);
    await rm(join(first.files.image, '..'), { recursive: true });
    await cp(join(old.files.image, '..'), join(first.files.image, '..'), { recursive: true });
    const { said, onProgress } = listener();
    expect(await resolveKernel('5.15', context, { onProgress })).toEqual(first);
    expect(said[0]?.text).toContain(`it holds ${releases.old.release}, another kernel`);
  });

  test.each([
    { what: 'vmlinuz', says: 'vmlinuz is not the one that the lock names' },
    { what: 'config', says: 'config is not the one that the lock names' },
    {
      what: `lib/modules/${releases.new.release}/modules.builtin`,
      says: 'its modules are not those that the lock names',
    },
  ])('and another $what is not booted as the locked one', async ({ what, says }) => {
    const context = await world.context({ lock: await world.fullLockOn('new') });
    const first = await fetched(context);
    await forge(first, (folder) => writeFile(join(folder, what), 'patched'));
    const { said, onProgress } = listener();
    expect(await resolveKernel('5.15', context, { onProgress })).toEqual(first);
    expect(said[0]?.text).toContain(says);
  });

  test('and a module more is not booted as the locked one', async () => {
    const context = await world.context({ lock: await world.fullLockOn('new') });
    const first = await fetched(context);
    await forge(first, (folder) => writeFile(join(folder, `lib/modules/${releases.new.release}/virtio.ko`), 'evil'));
    expect(await resolveKernel('5.15', context)).toEqual(first);
  });
});

describe('what lies in the place of a file of the cache', () => {
  const mkfifo = (path: string) => runProgram('mkfifo', [path]);
  const faults: readonly { what: string; says: RegExp; plant: (folder: string) => Promise<unknown> }[] = [
    {
      what: 'a FIFO for the configuration',
      says: /config is not a regular file/,
      plant: async (folder) => rm(join(folder, 'config')).then(() => mkfifo(join(folder, 'config'))),
    },
    {
      what: 'a FIFO for the seal',
      says: /manifest.json cannot be read: it is a (FIFO|device), not a regular file/,
      plant: async (folder) => rm(join(folder, 'manifest.json')).then(() => mkfifo(join(folder, 'manifest.json'))),
    },
    {
      what: 'a device for the seal',
      says: /manifest.json cannot be read: it is a (FIFO|device), not a regular file/,
      plant: async (folder) =>
        rm(join(folder, 'manifest.json')).then(() => symlink('/dev/zero', join(folder, 'manifest.json'))),
    },
    {
      what: 'a link for the image',
      says: /vmlinuz is not a regular file/,
      plant: async (folder) => rm(join(folder, 'vmlinuz')).then(() => symlink('/dev/zero', join(folder, 'vmlinuz'))),
    },
    {
      what: 'a file that nobody put there',
      says: /virtio\.ko does not belong to it/,
      plant: (folder) => writeFile(join(folder, `lib/modules/${releases.new.release}/virtio.ko`), 'evil'),
    },
    {
      what: 'a file for the whole entry',
      says: /it is not a folder/,
      plant: (folder) => rm(folder, { recursive: true }).then(() => writeFile(folder, '')),
    },
  ];

  test.each(faults)('$what: said, and replaced', { timeout: 10_000 }, async ({ says, plant }) => {
    const context = await world.context({ lock: world.lockOn('new') });
    const first = await fetched(context);
    await plant(join(first.files.image, '..'));
    const { said, onProgress } = listener();
    expect(await resolveKernel('5.15', context, { onProgress })).toEqual(first);
    expect(said[0]?.text).toMatch(says);
  });
});

test('an entry is for nobody else to read', async () => {
  const context = await world.context({ lock: world.lockOn('new') });
  const { files } = await fetched(context);
  const folder = join(files.image, '..');
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const modes = await Promise.all(
    [...found.map((item) => join(item.parentPath, item.name)), folder, context.store].map(async (path) => {
      const info = await stat(path);
      return `${info.isDirectory() ? 'folder' : 'file'} ${(info.mode & 0o777).toString(8)}`;
    }),
  );
  expect([...new Set(modes)].sort()).toEqual(['file 600', 'folder 700']);
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

test('what killed runs left is swept when a run begins, and the cache is closed to others', async () => {
  const cacheDir = join(world.folder, 'left-behind');
  const dead = `.tmp-${hostname()}-4194999-0123abcd`;
  const folders = ['runs', 'images', 'snapshots', 'kernels', 'keyrings', 'apt'];
  for (const name of folders) await mkdir(join(cacheDir, name, dead), { recursive: true });
  await mkdir(join(cacheDir, 'btf'));
  const partials = ['.kvm.json.4194999-0123abcd.partial', 'btf/.a.json.4194999-0123abcd.partial'];
  const young = '.kvm.json.4194998-0123abcd.partial';
  const mine = `.kvm.json.${process.pid}-0123abcd.partial`;
  for (const name of [...partials, young, mine]) await writeFile(join(cacheDir, name), '');
  for (const name of [...partials, mine]) await utimes(join(cacheDir, name), new Date(0), new Date(0));
  await chmod(cacheDir, 0o755);
  const context = await world.context({ cacheDir });
  for (const name of folders) expect(await readdir(join(cacheDir, name)), name).not.toContain(dead);
  const left = await readdir(cacheDir, { recursive: true });
  expect(left.filter((name) => name.endsWith('.partial')).sort()).toEqual([mine, young].sort());
  expect((await stat(cacheDir)).mode & 0o777).toBe(0o700);
  await context.close();
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
