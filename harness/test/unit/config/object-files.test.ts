// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectFiles } from '../../../config/object-files.js';
import { UsageError } from '../../../model/errors.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'object-files-'));
  for (const name of ['deep/er', 'empty', 'host']) await mkdir(join(folder, name), { recursive: true });
  const object = 'build/variants/healthy.bpf.o';
  for (const name of ['b.bpf.o', 'a.bpf.o', 'plain.o', 'deep/c.bpf.o', 'deep/er/d.bpf.o', 'odd[1].o'])
    await copyFile(object, join(folder, name));
  await symlink(join(folder, 'a.bpf.o'), join(folder, 'deep/link.bpf.o'));
  await writeFile(join(folder, 'deep/broken.bpf.o'), 'no object');
  await copyFile('build/guest/main.o', join(folder, 'main.o'));
  await copyFile('build/guest/main.o', join(folder, 'host/main.o'));
  await writeFile(join(folder, 'a.bpf.c'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const expanded = async (...names: string[]) => {
  const { files, notices } = await objectFiles(
    '--object',
    names.map((name) => join(folder, name)),
  );
  return { files: files.map((file) => relative(folder, file)), notices };
};

it('a folder is every BPF object below it, and what is called .bpf.o without being one', async () => {
  expect(await expanded('.')).toEqual({
    files: [
      ...['a.bpf.o', 'b.bpf.o', 'deep/broken.bpf.o', 'deep/c.bpf.o', 'deep/er/d.bpf.o', 'deep/link.bpf.o'],
      ...['odd[1].o', 'plain.o'],
    ],
    notices: [expect.stringMatching(/: 2 of 10 \.o files are no BPF objects and are left out$/)],
  });
});

it.each([
  ['*.bpf.o', ['a.bpf.o', 'b.bpf.o']],
  ['?.bpf.o', ['a.bpf.o', 'b.bpf.o']],
  ['[!a].bpf.o', ['b.bpf.o']],
  ['deep/*.bpf.o', ['deep/broken.bpf.o', 'deep/c.bpf.o', 'deep/link.bpf.o']],
  ['**/d.bpf.o', ['deep/er/d.bpf.o']],
  ['d*/**/[cd].bpf.o', ['deep/c.bpf.o', 'deep/er/d.bpf.o']],
  ['odd[1].o', ['odd[1].o']],
  ['a.bpf.o', ['a.bpf.o']],
  ['gone.bpf.o', ['gone.bpf.o']],
])('%s is %j', async (name, files) => {
  expect(await expanded(name)).toEqual({ files, notices: [] });
});

it('a file that is named twice is one', async () => {
  expect((await expanded('a.bpf.o', '*.bpf.o', 'a.bpf.o')).files).toEqual(['a.bpf.o', 'b.bpf.o']);
});

it.each(['empty', 'host', 'x*.bpf.o', 'nowhere/*.o'])('%s stands for nothing, which is said', async (name) => {
  const error: unknown = await expanded(name).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toMatch(/^--object .*: (?:there is no BPF object below it|no file matches)$/);
});
