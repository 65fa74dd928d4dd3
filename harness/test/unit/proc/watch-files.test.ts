// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileWatch } from '../../../proc/watch-files.js';

const signal = new AbortController().signal;
let folder: string;
let watch: FileWatch;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-files-'));
  watch = new FileWatch(30);
});
afterEach(async () => {
  watch.close();
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);

/** What has been saved within a time that a real save never needs. */
const soon = (): Promise<string | null> =>
  watch.next(AbortSignal.timeout(300)).then(
    ({ path }) => path,
    () => null,
  );

it('tells a file that is written in place, and one that is renamed into place, again and again', async () => {
  await writeFile(at('a.c'), '1');
  watch.set({ files: [at('a.c')], folders: [] });
  await writeFile(at('a.c'), '2');
  expect((await watch.next(signal)).path).toBe(at('a.c'));
  for (const text of ['3', '4']) {
    await writeFile(at('a.c.new'), text);
    await rename(at('a.c.new'), at('a.c'));
    expect((await watch.next(signal)).path).toBe(at('a.c'));
  }
});

it('takes a save that came before it was asked, and saves that follow each other as one', async () => {
  watch.set({ files: [at('a.c'), at('b.c')], folders: [] });
  await writeFile(at('a.c'), '1');
  await writeFile(at('b.c'), '1');
  await sleep(100);
  expect(await soon()).toBe(at('a.c'));
  expect(await soon()).toBeNull();
});

it('does not tell other files beside it, nor what an editor leaves in a watched folder', async () => {
  await mkdir(at('src/deep'), { recursive: true });
  watch.set({ files: [at('a.c')], folders: [at('src')] });
  for (const name of ['other.c', 'src/.a.c.swp', 'src/a.c~', 'src/4913']) await writeFile(at(name), '1');
  expect(await soon()).toBeNull();
  await writeFile(at('src/deep/new.h'), '1');
  expect((await watch.next(signal)).path).toBe(at('src/deep/new.h'));
});

it('follows what it is set to, and rejects with the reason of the signal', async () => {
  watch.set({ files: [at('a.c')], folders: [] });
  watch.set({ files: [at('b.c')], folders: [] });
  await writeFile(at('a.c'), '1');
  expect(await soon()).toBeNull();
  await expect(watch.next(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
