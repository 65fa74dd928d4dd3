// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { extractObjects, type Extracted } from '../../../config/extract-objects.js';

const healthy = 'build/variants/healthy.bpf.o';
let folder: string;
let object: Buffer;
let extracted: readonly Extracted[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'extract-test-'));
  object = await readFile(healthy);
  const [one, two] = [join(folder, 'trees', 'one'), join(folder, 'trees', 'two', 'lib')];
  await mkdir(one, { recursive: true });
  await mkdir(two, { recursive: true });
  await copyFile(healthy, join(one, 'net probe.bpf.o'));
  await symlink('net probe.bpf.o', join(one, 'link.o'));
  await writeFile(join(one, 'readme'), 'no object');
  await writeFile(join(two, 'libtool.so.1'), Buffer.concat([Buffer.alloc(3), object]));
  await writeFile(join(two, 'cut.o'), object.subarray(0, 100));
  await copyFile('build/aegis.bpf.o', join(two, 'net probe.o'));
  extracted = await extractObjects(join(folder, 'trees'), join(folder, 'out'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('copies the same bytes once, and reports every place', async () => {
  expect(extracted.map(({ name, path, note }) => [name, path, note])).toEqual([
    ['one-net_probe', 'one/net probe.bpf.o', 'byte 0'],
    ['-', 'two/lib/cut.o', expect.stringContaining('is truncated')],
    ['one-net_probe', 'two/lib/libtool.so.1', 'once more'],
    ['two-net_probe', 'two/lib/net probe.o', 'byte 0'],
  ]);
  expect(await readdir(join(folder, 'out'))).toEqual(['one-net_probe.bpf.o', 'two-net_probe.bpf.o']);
  expect((await readFile(join(folder, 'out', 'one-net_probe.bpf.o'))).equals(object)).toBe(true);
});

it('gives two objects of one wish two names', async () => {
  const twins = join(folder, 'twins', 'a');
  await mkdir(twins, { recursive: true });
  await copyFile(healthy, join(twins, 'x.o'));
  await copyFile('build/aegis.bpf.o', join(twins, 'x.bpf'));
  const names = (await extractObjects(join(folder, 'twins'), join(folder, 'twins-out'))).map(({ name }) => name);
  expect(names).toEqual(['a-x', 'a-x-2']);
});
