// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { lstat, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileAtomic } from '../../../proc/atomic.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'atomic-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('writes into a fifo, and leaves it a fifo', async () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const reading = readFile(fifo, 'utf8');
  await writeFileAtomic(fifo, 'a report');
  expect(await reading).toBe('a report');
  expect((await lstat(fifo)).isFIFO()).toBe(true);
  expect(await readdir(folder)).toEqual(['fifo']);
});

it('never waits for ever for the reader of a fifo', async () => {
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  await expect(writeFileAtomic(fifo, 'a report')).rejects.toThrow('ENXIO');
});

it('never puts a file in the place of a device', async () => {
  // By a link: a device that is replaced here would be gone for the whole host.
  const link = join(folder, 'null');
  await symlink('/dev/null', link);
  await writeFileAtomic(link, 'a report');
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect(await readdir(folder)).toEqual(['null']);
});
