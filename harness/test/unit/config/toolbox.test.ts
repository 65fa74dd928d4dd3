// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readToolbox } from '../../../config/toolbox.js';
import { hostTarget, targetNamed, targetNames } from '../../../target.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'toolbox-test-'));
  // Any program does for one that is only uploaded.
  execFileSync('cc', ['-static', '-x', 'c', '-', '-o', join(folder, 'busybox')], {
    input: 'int main(void) { return 0; }',
  });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const from = (path: string) => ({ path, target: hostTarget, built: folder });

it('has busybox, in-cgroup, and each named program with its libraries where they lie here', async () => {
  const { uploads, programs } = await readToolbox('shell', ['bash'], from(`${folder}:/usr/bin`));
  const paths = uploads.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['/bin/busybox', '/usr/local/bin/in-cgroup', programs.get('bash')]));
  expect(paths.some((path) => /libc\.so/.test(path))).toBe(true);
  expect(new Set(paths).size).toBe(paths.length);
});

it('takes a library that two programs need once', async () => {
  await copyFile('/bin/true', join(folder, 'mine'));
  await chmod(join(folder, 'mine'), 0o755);
  const { uploads } = await readToolbox('shell', ['bash', join(folder, 'mine')], from(`${folder}:/usr/bin`));
  expect(uploads.filter(({ path }) => /libc\.so/.test(path))).toHaveLength(1);
});

it('names what is missing, and what to install', async () => {
  await expect(readToolbox('shell', ['no-such-tool'], from(`${folder}:/usr/bin`))).rejects.toMatchObject({
    message: expect.stringContaining("no program 'no-such-tool'") as string,
    next: expect.stringContaining('install it') as string,
  });
  await rm(join(folder, 'busybox'));
  await expect(readToolbox('shell', [], from(folder))).rejects.toThrow(/there is no busybox on this host/);
});

it('is for the architecture of the guest: its busybox is what bootstrap got for it, its programs are of it', async () => {
  const target = targetNamed(targetNames.find((name) => name !== hostTarget.name) ?? '')!;
  const other = { ...from('/usr/bin'), target };
  await expect(readToolbox('shell', [], other)).rejects.toMatchObject({
    message: expect.stringContaining(`${target.name}/busybox is not there`) as string,
    next: `run scripts/bootstrap ${target.name}`,
  });
  await mkdir(join(folder, target.name));
  const box = join(folder, target.name, 'busybox');
  await copyFile(join(folder, 'busybox'), box);
  const bytes = await readFile(box);
  await expect(readToolbox('shell', [], other)).rejects.toThrow(`is built for ${hostTarget.title}, and the guest is`);
  bytes.writeUInt16LE(target.elfMachine, 18);
  await writeFile(box, bytes);
  expect((await readToolbox('shell', [], other)).uploads.map(({ path }) => path)).toContain('/bin/busybox');
  const bash = readToolbox('shell', ['bash'], other);
  await expect(bash).rejects.toThrow(`bash is built for ${hostTarget.title}, and the guest is ${target.title}`);
});
