// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildInitramfs, type Initramfs } from '../../../images/index.js';
import { hashFile } from '../../../kernels/cache/hash.js';
import { howToGetModules } from '../../../images/missing-modules.js';
import type { KernelIdentity, ReadyKernel } from '../../../model/kernel.js';
import { fakeModule } from '../kernels/fixture/fake-kernel.js';
import { run } from '../kernels/fixture/packages.js';
import { readCpio } from './fixture/read-cpio.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bm-image-'));
  await writeFile(join(folder, 'init'), fakeModule({ guest: '1' }));
});
afterEach(() => rm(folder, { recursive: true }));

/** Modules as Debian 12's 6.1 has them. */
const modular: Readonly<Record<string, string>> = {
  'drivers/virtio/virtio': 'virtio_ring',
  'drivers/virtio/virtio_ring': '',
  'drivers/virtio/virtio_pci': 'virtio_ring,virtio_pci_modern_dev,virtio_pci_legacy_dev,virtio',
  'drivers/virtio/virtio_pci_legacy_dev': '',
  'drivers/virtio/virtio_pci_modern_dev': '',
  'drivers/char/virtio_console': 'virtio,virtio_ring',
  'fs/overlayfs/overlay': '',
  'drivers/net/dummy': '',
  'net/sched/sch_ingress': '',
  'net/sched/cls_bpf': '',
};
/** As in 6.12 and later, where virtio is built in. */
const lean: Readonly<Record<string, string>> = {
  'fs/overlayfs/overlay': '',
  'drivers/net/dummy': '',
  'net/sched/sch_ingress': '',
  'net/sched/cls_bpf': '',
};
const extra = ['overlay', 'dummy', 'sch_ingress', 'cls_bpf'];
const builtin = ['drivers/virtio/virtio_pci', 'drivers/char/virtio_console'];

interface Shape {
  readonly modules?: Readonly<Record<string, string>>;
  readonly builtin?: readonly string[];
  readonly config?: string;
  /** Writes the files in the opposite order. */
  readonly reversed?: boolean;
}

let made = 0;
async function kernel(shape: Shape): Promise<ReadyKernel> {
  const root = join(folder, `kernel-${made++}`);
  const tree = join(root, 'lib/modules/6.6.6');
  const names = Object.entries(shape.modules ?? {});
  for (const [name, depends] of shape.reversed ? names.reverse() : names) {
    await mkdir(dirname(join(tree, 'kernel', name)), { recursive: true });
    await writeFile(join(tree, 'kernel', `${name}.ko`), fakeModule({ name, depends }));
  }
  if (shape.builtin) {
    await mkdir(tree, { recursive: true });
    await writeFile(join(tree, 'modules.builtin'), shape.builtin.map((name) => `kernel/${name}.ko\n`).join(''));
  }
  await mkdir(root, { recursive: true });
  if (shape.config !== undefined) await writeFile(join(root, 'config'), shape.config);
  const identity = {
    id: 'k',
    source: 'debian',
    suite: null,
    package: null,
    version: null,
    artifacts: [],
    release: null,
    imageSha256: '',
    configSha256: null,
    modulesSha256: null,
    lock: 'pinned',
    pinnedPackage: null,
    pinnedVersion: null,
  } as const;
  const hasTree = shape.modules !== undefined || shape.builtin !== undefined;
  const files = {
    image: join(root, 'vmlinuz'),
    modules: hasTree ? tree : null,
    config: shape.config === undefined ? null : join(root, 'config'),
  };
  return { status: 'ready', identity, files };
}

function build(of: ReadyKernel, cache = 'cache'): Promise<Initramfs> {
  return buildInitramfs({ init: join(folder, 'init'), kernel: of, cacheDir: join(folder, cache) });
}

async function contents(image: Initramfs): Promise<Map<string, string>> {
  return new Map(readCpio(await readFile(image.path)).map((member) => [member.name, member.data]));
}

describe('contents', () => {
  test('a kernel with modular virtio gets its drivers in loading order', async () => {
    const image = await build(await kernel({ modules: modular, builtin: [] }));
    const files = await contents(image);
    expect(image.modules).toEqual([
      'virtio_ring',
      'virtio_pci_modern_dev',
      'virtio_pci_legacy_dev',
      'virtio',
      'virtio_pci',
      'virtio_console',
    ]);
    expect(files.get('modules/boot.list')).toBe(
      image.modules.map((name, index) => `/modules/boot/0${index}-${name}.ko\n`).join(''),
    );
    expect(files.get('modules/boot/04-virtio_pci.ko')).toContain('name=drivers/virtio/virtio_pci');
    expect(files.get('modules/extra.list')).toBe(extra.map((name) => `/modules/extra/${name}.ko\n`).join(''));
  });

  test('a kernel with virtio built in gets none of it', async () => {
    const image = await build(await kernel({ modules: lean, builtin }));
    const files = await contents(image);
    expect([...files.keys()]).toEqual([
      'boot',
      'dev',
      'dev/console',
      'init',
      'modules',
      'modules/boot',
      'modules/boot.list',
      'modules/extra',
      'modules/extra.list',
      'modules/extra/cls_bpf.ko',
      'modules/extra/dummy.ko',
      'modules/extra/overlay.ko',
      'modules/extra/sch_ingress.ko',
      'proc',
      'root',
      'run',
      'sys',
      'tmp',
    ]);
    expect(files.get('modules/boot.list')).toBe('');
    expect(files.get('init')).toBe((await readFile(join(folder, 'init'))).toString('latin1'));
    expect(image).toMatchObject({ modules: [], extra, notes: [] });
  });

  test('the configuration alone also proves that a driver is built in', async () => {
    const image = await build(await kernel({ config: 'CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n' }));
    expect(image.modules).toEqual([]);
    expect(image.notes).toEqual([
      'overlay: not available, overlay is neither built in nor there as a module',
      'dummy: not available, dummy is neither built in nor there as a module',
      'sch_ingress: not available, sch_ingress is neither built in nor there as a module',
      'cls_bpf: not available, cls_bpf is neither built in nor there as a module',
    ]);
  });

  test('a kernel of which nothing is known is given the benefit of the doubt, and that is noted', async () => {
    const image = await build(await kernel({}));
    expect(image.notes[0]).toBe('virtio_pci: neither configuration nor modules are known; taken to be built in');
  });

  test('compressed modules go in decompressed; shared dependencies of extras once', async () => {
    const of = await kernel({
      modules: { ...lean, 'drivers/net/dummy': 'helper', 'fs/overlayfs/overlay': 'helper', 'lib/helper': '' },
      builtin,
    });
    const plain = await build(of);
    await run('xz', [join(of.files.modules!, 'kernel/lib/helper.ko')]);
    await run('zstd', ['-q', '--rm', join(of.files.modules!, 'kernel/fs/overlayfs/overlay.ko')]);
    const compressed = await build(of, 'other-cache');
    expect(compressed.extra).toEqual(['helper', ...extra]);
    expect(compressed.sha256).toBe(plain.sha256);
  });

  test('an extra module that lacks a dependency is left out and noted, the others stay', async () => {
    const image = await build(await kernel({ modules: { ...lean, 'drivers/net/dummy': 'gone' }, builtin }));
    expect(image.extra).toEqual(['overlay', 'sch_ingress', 'cls_bpf']);
    expect(image.notes).toEqual(['dummy: not available, gone is neither built in nor there as a module']);
  });
});

describe('an image that could not boot is not built', () => {
  const without = (name: string): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(modular).filter(([path]) => !path.endsWith(`/${name}`)));
  const noConsole = without('virtio_console');
  const noRing = without('virtio_ring');
  test.each<{ what: string; shape: Shape; says: RegExp }>([
    {
      what: 'a module that the configuration promises is missing',
      shape: { modules: noConsole, builtin: [], config: 'CONFIG_VIRTIO_PCI=m\nCONFIG_VIRTIO_CONSOLE=m\n' },
      says: /CONFIG_VIRTIO_CONSOLE is m in its configuration and there is no virtio_console\.ko/,
    },
    {
      what: 'the driver is configured out',
      shape: { modules: noConsole, builtin: [], config: 'CONFIG_VIRTIO_PCI=m\n# CONFIG_VIRTIO_CONSOLE is not set\n' },
      says: /CONFIG_VIRTIO_CONSOLE is not set in its configuration/,
    },
    {
      what: 'modules.builtin and the modules agree that there is none',
      shape: { modules: noConsole, builtin: [] },
      says: /virtio_console is neither in modules\.builtin nor among its modules/,
    },
    {
      what: 'a needed module needs one that is not there',
      shape: { modules: noRing, builtin: [] },
      says: /module virtio_pci needs virtio_ring, which is not there/,
    },
    {
      what: 'modules need each other',
      shape: { modules: { ...modular, 'drivers/virtio/virtio_ring': 'virtio-pci' }, builtin: [] },
      says: /in a circle: virtio_pci -> virtio_ring -> virtio_pci/,
    },
  ])('$what', async ({ shape, says }) => {
    await expect(build(await kernel(shape))).rejects.toMatchObject({
      name: 'InfraError',
      infra: 'IMAGE_BUILD',
      message: expect.stringMatching(says) as string,
    });
    expect(await readdir(join(folder, 'cache')).catch(() => [])).toEqual([]);
  });

  test.each([
    {
      source: 'ubuntu',
      says: /^Its modules are in linux-modules-6\.1\.0-test: set BPF_MATRIX_UBUNTU_ARCHIVE .* kernels update x`\.$/,
    },
    {
      source: 'fedora',
      says: /^Its modules are in kernel-modules-core and kernel-modules: set BPF_MATRIX_FEDORA_ARCHIVE /,
    },
    { source: 'file', says: /^Give its modules: --kernel-image x=FILE,modules=DIR \(linux-modules-RELEASE or / },
  ] as const)('$source: the next step names the package that has the modules', ({ source, says }) => {
    const identity = { id: 'x', source, release: '6.1.0-test' } as KernelIdentity;
    expect(howToGetModules(identity)).toMatch(says);
  });

  test('no guest program, or one that is no program', async () => {
    const of = await kernel({});
    await writeFile(join(folder, 'init'), 'text');
    await expect(build(of)).rejects.toThrow('not an ELF program');
    await rm(join(folder, 'init'));
    await expect(build(of)).rejects.toMatchObject({ infra: 'IMAGE_BUILD', next: 'Build it: make -C bpf' });
  });
});

describe('the same inputs give the same bytes', () => {
  test('with another order of files, umask, time, place and cache', async () => {
    const first = await build(await kernel({ modules: modular, builtin: [] }));
    const umask = process.umask(0o077);
    try {
      const other = await kernel({ modules: modular, builtin: [], reversed: true });
      const [some] = Object.keys(modular);
      await chmod(join(other.files.modules!, 'kernel', `${some!}.ko`), 0o600);
      await utimes(join(other.files.modules!, 'kernel', `${some!}.ko`), new Date(0), new Date(0));
      await utimes(join(folder, 'init'), new Date(0), new Date(0));
      const second = await build(other, 'cache-2');
      expect(second.path).not.toBe(first.path);
      expect(second.sha256).toBe(first.sha256);
      expect(await hashFile(second.path)).toBe(first.sha256);
    } finally {
      process.umask(umask);
    }
  });

  test('another guest or another module gives other bytes', async () => {
    const first = await build(await kernel({ modules: modular, builtin: [] }));
    const other = await build(await kernel({ modules: { ...modular, 'drivers/net/dummy': 'virtio' }, builtin: [] }));
    await writeFile(join(folder, 'init'), fakeModule({ guest: '2' }));
    const third = await build(await kernel({ modules: modular, builtin: [] }));
    expect(new Set([first.sha256, other.sha256, third.sha256]).size).toBe(3);
  });
});

describe('the stored image', () => {
  test('is used again', async () => {
    const of = await kernel({ modules: lean, builtin });
    const first = await build(of);
    await utimes(first.path, new Date(1), new Date(1));
    expect(await build(of)).toEqual(first);
    expect((await stat(first.path)).mtimeMs).toBe(1);
  });

  test('is written again when it was damaged', async () => {
    const of = await kernel({ modules: lean, builtin });
    const first = await build(of);
    await writeFile(first.path, Buffer.alloc((await readFile(first.path)).length));
    expect(await build(of)).toEqual(first);
    expect(await hashFile(first.path)).toBe(first.sha256);
  });

  test('is built by several runs at once without harm, and none when interrupted', async () => {
    const of = await kernel({ modules: lean, builtin });
    const images = await Promise.all([1, 2, 3, 4].map(() => build(of)));
    expect(new Set(images.map((image) => image.path)).size).toBe(1);
    expect(await readdir(join(folder, 'cache/images'))).toHaveLength(1);
    const signal = AbortSignal.abort(new Error('stop'));
    const request = { init: join(folder, 'init'), kernel: of, cacheDir: join(folder, 'none'), signal };
    await expect(buildInitramfs(request)).rejects.toThrow('stop');
    await expect(readdir(join(folder, 'none'))).rejects.toThrow('ENOENT');
  });
});
