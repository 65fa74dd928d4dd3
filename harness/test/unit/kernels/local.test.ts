// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseImageHeader } from '../../../kernels/image-format.js';
import { UsageError } from '../../../model/errors.js';
import { localKernel } from '../../../kernels/index.js';
import { fakeBzImage, fakeModule } from './fixture/fake-kernel.js';
import { unnamedTarget } from '../../../target.js';

const release = '6.6.66-mine';
let folder: string;

async function put(path: string, data: Uint8Array | string): Promise<string> {
  const full = join(folder, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, data);
  return full;
}

async function modulesOf(base: string, name: string, vermagic = name): Promise<void> {
  await put(`${base}/${name}/kernel/dummy.ko`, fakeModule({ vermagic: `${vermagic} SMP`, depends: '' }));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bm-local-'));
  await put(`boot/vmlinuz-${release}`, fakeBzImage(release));
  await put(`boot/config-${release}`, 'CONFIG_BPF=y\n');
  await modulesOf('lib/modules', release);
  await modulesOf('lib/modules', '5.0.0-other');
  await modulesOf('foreign/lib/modules', '5.0.0-other');
  await modulesOf('renamed', 'whatever', release);
  await put('vmlinux', fakeModule({}));
  await put('notes.txt', 'not a kernel');
  await put('empty', '');
  await mkdir(join(folder, 'nothing'));
  await put('damaged/lib/modules/1/kernel/a.ko.xz', 'garbage');
});
afterAll(() => rm(folder, { recursive: true }));

const image = (): string => join(folder, `boot/vmlinuz-${release}`);

describe('a kernel of the user', () => {
  test('is what it is, with its configuration found beside it', async () => {
    const kernel = await localKernel({ id: 'mine', image: image(), modules: null });
    expect(kernel.identity).toMatchObject({ id: 'mine', source: 'file', lock: 'local', artifacts: [], version: null });
    expect(kernel.identity.imageSha256).toMatch(/^[0-9a-f]{64}$/);
    expect(kernel.files).toEqual({ image: image(), modules: null, config: join(folder, `boot/config-${release}`) });
  });

  test.each([
    { given: `lib/modules/${release}`, why: 'the folder itself' },
    { given: 'lib/modules', why: 'the folder of releases' },
    { given: '.', why: 'the root of an unpacked package' },
  ])('modules=$given: $why', async ({ given }) => {
    const kernel = await localKernel({ id: 'mine', image: image(), modules: join(folder, given) });
    expect(kernel.files.modules).toBe(join(folder, `lib/modules/${release}`));
  });

  test('modules are known by their own word, whatever the folder is called', async () => {
    const kernel = await localKernel({ id: 'mine', image: image(), modules: join(folder, 'renamed/whatever') });
    expect(kernel.files.modules).toBe(join(folder, 'renamed/whatever'));
  });

  test('a vmlinux says no release; a single set of modules is taken for its own', async () => {
    const kernel = await localKernel({ id: 'v', image: join(folder, 'vmlinux'), modules: join(folder, 'foreign') });
    expect(kernel.files.modules).toBe(join(folder, 'foreign/lib/modules/5.0.0-other'));
  });
});

describe('what cannot be used is a usage error that says why', () => {
  test.each([
    { image: 'none', modules: null, says: /none cannot be read: ENOENT/ },
    { image: 'boot', modules: null, says: /boot is a folder without arch.x86.boot.bzImage/ },
    { image: 'notes.txt', modules: null, says: /notes\.txt is no x86-64 kernel/ },
    { image: 'empty', modules: null, says: /empty is no x86-64 kernel/ },
    { image: `boot/vmlinuz-${release}`, modules: 'none', says: /modules=.*none cannot be read: ENOENT/ },
    { image: `boot/vmlinuz-${release}`, modules: 'damaged', says: /damaged cannot be read: .*a\.ko\.xz: xz failed/ },
    { image: `boot/vmlinuz-${release}`, modules: 'nothing', says: /nothing holds no kernel modules/ },
    {
      image: `boot/vmlinuz-${release}`,
      modules: 'foreign',
      says: /holds modules of 5\.0\.0-other: not of 6\.6\.66-mine/,
    },
    { image: 'vmlinux', modules: 'lib/modules', says: /more than one kernel, and the image does not say which/ },
  ])('$image with modules $modules', async ({ image: name, modules, says }) => {
    const local = { id: 'mine', image: join(folder, name), modules: modules === null ? null : join(folder, modules) };
    await expect(localKernel(local)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(says) as string,
    });
  });
});

describe('an image that only root may read, as Ubuntu installs them', () => {
  const root = process.geteuid?.() === 0;
  let closed: string;
  beforeAll(async () => {
    closed = await put(`boot/vmlinuz-${release}-root`, fakeBzImage(release));
    await put(`boot/config-${release}-root`, 'CONFIG_BPF=y\n');
    await chmod(closed, root ? 0o600 : 0);
    await chmod(folder, 0o755);
  });

  /** The error, as somebody gets it who is not root. */
  async function refusal(image: string, modules: string | null): Promise<UsageError> {
    if (root) process.seteuid?.(65534);
    try {
      const error: unknown = await localKernel({ id: 'mine', image, modules }).catch((thrown: unknown) => thrown);
      return error as UsageError;
    } finally {
      if (root) process.seteuid?.(0);
    }
  }

  test('is refused with the command that makes it readable, configuration and modules included', async () => {
    const error = await refusal(closed, join(folder, 'lib/modules'));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain('EACCES');
    expect(error.next).toBe(
      `Copy it: \`sudo install -m 0644 ${closed} ${folder}/boot/config-${release}-root .\`, ` +
        `then --kernel-image mine=vmlinuz-${release}-root,modules=${folder}/lib/modules; ` +
        `or take it out of its package: \`apt-get download linux-image-${release}-root && ` +
        `dpkg-deb -x linux-image-${release}-root_*.deb kernel\`, ` +
        `then --kernel-image mine=kernel/boot/vmlinuz-${release}-root,modules=${folder}/lib/modules.`,
    );
  });

  test('has no package where its name has no release', async () => {
    const own = await put('own image', fakeBzImage(release));
    await chmod(own, root ? 0o600 : 0);
    const { next } = await refusal(own, null);
    expect(next).toBe(`Copy it: \`sudo install -m 0644 '${own}' .\`, then --kernel-image 'mine=own image'.`);
  });
});

describe('parseImageHeader', () => {
  test('a boot sector without HdrS is no kernel; a header cut short has no release', () => {
    const sector = Buffer.alloc(1024);
    sector.writeUInt16LE(0xaa55, 0x1fe);
    expect(parseImageHeader(unnamedTarget, sector)).toBeNull();
    expect(parseImageHeader(unnamedTarget, fakeBzImage(release).subarray(0, 0x400))).toEqual({
      kind: 'boot-image',
      release: null,
    });
    expect(parseImageHeader(unnamedTarget, fakeBzImage(release))).toEqual({ kind: 'boot-image', release });
  });

  test('an ELF for another machine is no kernel', () => {
    const elf = fakeModule({});
    elf.writeUInt16LE(183, 18);
    expect(parseImageHeader(unnamedTarget, elf)).toBeNull();
  });

  test('may be a tree that was built: its bzImage, its configuration, its modules where it has any', async () => {
    const built = await put('tree/arch/x86/boot/bzImage', fakeBzImage(release));
    await put('tree/.config', 'CONFIG_BPF=y\n');
    await mkdir(join(folder, 'tree/kernel'), { recursive: true });
    const tree = { id: 'mine', image: join(folder, 'tree'), modules: null };
    expect((await localKernel(tree)).files).toEqual({
      image: built,
      modules: null,
      config: join(folder, 'tree/.config'),
    });
    await put('tree/drivers/dummy.ko', fakeModule({ vermagic: `${release} SMP`, depends: '' }));
    expect((await localKernel(tree)).files.modules).toBe(join(folder, 'tree'));
  });

  test('is refused where nothing was built', async () => {
    const tree = { id: 'mine', image: join(folder, 'nothing'), modules: null };
    await expect(localKernel(tree)).rejects.toThrow('no kernel was built there');
  });
});
