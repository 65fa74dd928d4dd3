// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readCommand } from '../../../config/command.js';
import { UsageError } from '../../../model/errors.js';
import { hostTarget } from '../../../target.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-test-'));
  await writeFile(join(folder, 'script'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(folder, 'data'), 'x', { mode: 0o640 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const missing = '/nowhere';
const source = { target: hostTarget, built: '/nowhere' };

it('brings a program with its libraries and its files, arguments as they are', async () => {
  const command = await readCommand(['/bin/true', '--', '-x', ''], {
    files: [`/etc/data=${join(folder, 'data')}`],
    tools: null,
    path: missing,
    ...source,
  });
  expect(command.argv).toEqual(['/command/true', '--', '-x', '']);
  const paths = command.uploads.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['/command/true', hostTarget.loader, '/etc/data']));
  expect(command.uploads.at(-1)).toMatchObject({ path: '/etc/data', mode: 0o640 });
});

it('takes a script with its interpreter and the toolbox, where tools are wanted', async () => {
  const options = { files: [], tools: [], path: '/usr/bin:/bin', ...source };
  const file = join(folder, 'proof.sh');
  await writeFile(file, '#!/usr/bin/env bash\nexit 0\n');
  const command = await readCommand([file, '--strict'], options);
  expect(command.argv).toEqual([command.toolbox?.programs.get('bash'), '/command/proof.sh', '--strict']);
  expect(command.uploads).toMatchObject([{ path: '/command/proof.sh', mode: 0o755 }]);
  await writeFile(file, '#!/bin/sh -e\nexit 0\n');
  expect((await readCommand([file], options)).argv).toEqual(['/bin/sh', '/command/proof.sh']);
});

it('uploads a library that program and toolbox share once', async () => {
  const { uploads, toolbox } = await readCommand(['/bin/true'], {
    files: [],
    tools: ['bash'],
    path: '/usr/bin:/bin',
    ...source,
  });
  const paths = [...uploads, ...(toolbox?.uploads ?? [])].map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths).toContain('/command/true');
});

it('looks a name up in PATH', async () => {
  const { argv } = await readCommand(['uname', '-r'], {
    files: [],
    tools: null,
    path: `${missing}::/usr/bin:/bin`,
    ...source,
  });
  expect(argv).toEqual(['/command/uname', '-r']);
});

it.each([
  [['no-such-program'], [], "there is no program 'no-such-program' in PATH"],
  [[''], [], "there is no program '' in PATH"],
  [['FOLDER/script'], [], 'script is not an ELF file'],
  [['FOLDER/absent'], [], 'absent cannot be read'],
  [['/bin/true'], ['etc/x=FOLDER/data'], '--file takes GUEST=HOST'],
  [['/bin/true'], ['/etc/x'], '--file takes GUEST=HOST'],
  [['/bin/true'], ['/etc/=FOLDER/data'], '--file takes GUEST=HOST'],
  [['/bin/true'], ['/etc/x=FOLDER/none'], 'none cannot be read'],
  [['/bin/true'], ['/command/true=FOLDER/data'], 'two files would be /command/true'],
])('%j with %j is refused', async (words, files, expected) => {
  const here = (text: string): string => text.replace('FOLDER', folder);
  const refused = readCommand(words.map(here), { files: files.map(here), tools: null, path: '/bin', ...source });
  await expect(refused).rejects.toThrow(UsageError);
  await expect(refused).rejects.toThrow(expected);
});

it('says what to do with a script', async () => {
  const error: unknown = await readCommand([join(folder, 'script')], {
    files: [],
    tools: null,
    path: '',
    ...source,
  }).catch((reason: unknown) => reason);
  expect((error as UsageError).next).toContain('name the interpreter');
});
