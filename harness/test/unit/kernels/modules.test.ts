// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moduleClosure } from '../../../kernels/closure.js';
import { elfSection } from '../../../kernels/elf.js';
import {
  dependenciesOf,
  modinfo,
  moduleName,
  type ModuleTree,
  readModule,
  readModuleTree,
} from '../../../kernels/modules.js';
import { fakeModule } from './fixture/fake-kernel.js';
import { run } from './fixture/packages.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bm-modules-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, data: Uint8Array | string): Promise<string> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), data);
  return join(folder, path);
}

/** A tree from `name: depends` pairs. */
async function tree(modules: Readonly<Record<string, string>>): Promise<ModuleTree> {
  for (const [name, depends] of Object.entries(modules)) {
    await put(`kernel/${name}.ko`, fakeModule({ description: 'depends=fake', depends }));
  }
  return readModuleTree(folder);
}

async function order(from: ModuleTree, ...wanted: string[]): Promise<string[]> {
  return (await moduleClosure(from, wanted, () => false)).modules.map((module) => module.name);
}

describe('a module', () => {
  test('plain, xz and zstd read as the same bytes', async () => {
    const bytes = fakeModule({ depends: 'a' });
    const plain = await put('m.ko', bytes);
    await run('xz', ['-k', '--check=crc32', plain]);
    await run('zstd', ['-q', plain]);
    for (const path of [plain, `${plain}.xz`, `${plain}.zst`])
      expect((await readModule(path)).equals(bytes)).toBe(true);
  });

  test('that unpacks to more than any module has is named, and is not taken in', async () => {
    const path = await put('m.ko.xz', '');
    await run('sh', ['-c', 'head -c 100000000 /dev/zero | xz -1 --check=crc32 > "$0"', path]);
    await expect(readModule(path)).rejects.toThrow(/m\.ko\.xz: xz wrote more than 64 MiB/);
  });

  test.each([['bad.ko'], ['bad.ko.xz'], ['bad.ko.zst']])('%s that is damaged is named', async (name) => {
    const path = await put(name, 'garbage');
    await expect(readModule(path)).rejects.toThrow(path);
  });

  test('its .modinfo is read, not what looks like one elsewhere in the file', () => {
    const module = Buffer.concat([
      fakeModule({ description: 'x', depends: 'b,c-d' }),
      Buffer.from('\0depends=wrong\0'),
    ]);
    expect(dependenciesOf(module)).toEqual(['b', 'c_d']);
    expect(modinfo(module, 'vermagic')).toBeNull();
    expect(elfSection(module.subarray(0, 100), '.modinfo')).toBeNull();
  });

  test.each([
    ['kernel/a/snd-seq-dummy.ko.zst', 'snd_seq_dummy'],
    ['overlay.ko', 'overlay'],
    ['x.ko.xz', 'x'],
  ])('%s is %s', (file, name) => {
    expect(moduleName(file)).toBe(name);
  });

  test("the kernel's own comes before one of the same name in updates/", async () => {
    await put('kernel/z/dup.ko', fakeModule({}));
    await put('a-updates/dup.ko', fakeModule({}));
    expect((await readModuleTree(folder)).files.get('dup')).toBe(join(folder, 'kernel/z/dup.ko'));
  });
});

describe('the order of loading', () => {
  test('dependencies first, each once, dashes as underscores', async () => {
    const from = await tree({
      'virtio-pci': 'virtio_ring,virtio-modern,virtio',
      virtio: 'virtio_ring',
      virtio_ring: '',
      virtio_modern: '',
      console: 'virtio,virtio_ring',
    });
    expect(await order(from, 'virtio_pci', 'console')).toEqual([
      'virtio_ring',
      'virtio_modern',
      'virtio',
      'virtio_pci',
      'console',
    ]);
  });

  test('what is built in is neither loaded nor missing', async () => {
    const { modules, missing } = await moduleClosure(await tree({ a: 'b' }), ['a'], (name) => name === 'b');
    expect(modules.map((module) => module.name)).toEqual(['a']);
    expect(missing).toEqual([]);
  });

  test('what is missing is told, with who needs it', async () => {
    const { missing } = await moduleClosure(await tree({ a: 'b' }), ['a', 'c'], () => false);
    expect(missing).toEqual([
      { name: 'b', neededBy: 'a' },
      { name: 'c', neededBy: null },
    ]);
  });

  test('a circle is an error that shows it', async () => {
    const from = await tree({ start: 'a', a: 'b', b: 'c', c: 'a' });
    await expect(order(from, 'start')).rejects.toThrow('in a circle: a -> b -> c -> a');
  });
});
