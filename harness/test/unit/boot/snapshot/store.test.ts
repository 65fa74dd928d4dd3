// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listSnapshots, snapshotFolder } from '../../../../boot/snapshot/inventory.js';
import { type Found, type Keepsake, SnapshotStore } from '../../../../boot/snapshot/store.js';
import { filledWith } from './fixture/filled.js';

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'snapshot-test-'));
});
afterEach(() => rm(cache, { recursive: true }));

const limit = 1000;
const keepsake: Keepsake = {
  machine: '6.1, tcg',
  hello: { release: '6.1.0' },
  console: () => Promise.resolve(Buffer.from('Linux version 6.1')),
};
const memory = (bytes: number) => filledWith(Buffer.alloc(bytes, 7));
const at = (key: string, file: string): string => join(snapshotFolder(cache), key, file);
const kept = async (key: string, bytes = 100): Promise<void> => {
  await new SnapshotStore(cache, limit).keep(key, keepsake, memory(bytes));
};
const find = async (key: string, store = new SnapshotStore(cache, limit)): Promise<Found> => {
  const found = await store.find(key);
  if (found.kind === 'hit') await found.snapshot.memory.close();
  return found;
};

describe('a snapshot', () => {
  it('that was kept is found, with its console, its hello, and its memory by hash', async () => {
    await kept('k');
    const found = await find('k');
    if (found.kind !== 'hit') throw new Error(found.kind);
    expect(found.snapshot.about).toMatchObject({
      machine: '6.1, tcg',
      hello: { release: '6.1.0' },
      memory: { size: 100 },
    });
    expect(Buffer.from(found.snapshot.console).toString()).toBe('Linux version 6.1');
  });

  it('that was never kept is none', async () => {
    expect(await find('k')).toEqual({ kind: 'miss' });
  });

  it('whose memory could not be written leaves nothing behind, and says why', async () => {
    const failing = new SnapshotStore(cache, limit).keep('k', keepsake, async (file) => {
      await writeFile(file, 'half');
      throw new Error('no space left');
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(await readdir(snapshotFolder(cache))).toEqual([]);
  });

  it('of a guest whose boot complained is none', async () => {
    const console = (): Promise<Uint8Array> => Promise.reject(new Error('its kernel complained'));
    const store = new SnapshotStore(cache, limit);
    await expect(store.keep('k', { ...keepsake, console }, memory(10))).rejects.toThrow('complained');
    expect(await find('k')).toEqual({ kind: 'miss' });
  });

  it('that is larger than all may be is none', async () => {
    await expect(kept('k', 1001)).rejects.toThrow(/it takes 1 MiB/);
    expect(await find('k')).toEqual({ kind: 'miss' });
  });

  it('made by two runs at once is there once, whole', async () => {
    await Promise.all([kept('k'), kept('k'), kept('k')]);
    expect((await find('k')).kind).toBe('hit');
    expect(await readdir(snapshotFolder(cache))).toEqual(['k']);
  });

  it.each([
    ['about.json is cut', () => truncate(at('k', 'about.json'), 40), /about.json was changed/],
    ['about.json is empty', () => truncate(at('k', 'about.json'), 0), /about.json was changed/],
    [
      'about.json names another hash',
      async () => {
        const text = await readFile(at('k', 'about.json'), 'utf8');
        await writeFile(at('k', 'about.json'), text.replace('6.1, tcg', '6.2, tcg'));
      },
      /about.json was changed/,
    ],
    ['console.log was changed', () => writeFile(at('k', 'console.log'), 'all is well'), /console.log/],
    ['console.log is missing', () => rm(at('k', 'console.log')), /console.log/],
    ['memory is missing', () => rm(at('k', 'memory')), /memory is missing/],
  ])('is damaged when %s', async (_, damage, why) => {
    await kept('k');
    await damage();
    const found = await find('k');
    expect(found).toMatchObject({ kind: 'damaged', why: expect.stringMatching(why) as string });
  });

  it('that is dropped is gone, and not asked for again in this run', async () => {
    await kept('k');
    const store = new SnapshotStore(cache, limit);
    await store.drop('k');
    expect(await readdir(snapshotFolder(cache))).toEqual([]);
    await kept('k');
    expect(await find('k', store)).toEqual({ kind: 'miss' });
    expect(store.claim('k')).toBe(true);
  });

  it('can be read to its end when another run removes it meanwhile', async () => {
    await kept('k');
    const found = await new SnapshotStore(cache, limit).find('k');
    if (found.kind !== 'hit') throw new Error(found.kind);
    await new SnapshotStore(cache, limit).drop('k');
    expect((await found.snapshot.memory.readFile()).length).toBe(100);
    await found.snapshot.memory.close();
  });
});

describe('a run', () => {
  it('makes one snapshot of a machine once', () => {
    const store = new SnapshotStore(cache, limit);
    expect([store.claim('a'), store.claim('a'), store.claim('b')]).toEqual([true, false, true]);
  });

  it('makes none with a limit of 0, and none more when it gave up', () => {
    expect(new SnapshotStore(cache, 0).claim('a')).toBe(false);
    const store = new SnapshotStore(cache, limit);
    store.giveUp();
    expect(store.claim('a')).toBe(false);
  });

  it('uses what is there, with a limit of 0 as well', async () => {
    await kept('k');
    expect((await find('k', new SnapshotStore(cache, 0))).kind).toBe('hit');
  });

  it('evicts the least recently used, and what was used moves to the end of the queue', async () => {
    const [size, limitOfThree] = [10_000, 35_000];
    const keep = (key: string): Promise<void> =>
      new SnapshotStore(cache, limitOfThree).keep(key, keepsake, memory(size));
    for (const [index, key] of ['a', 'b', 'c'].entries()) {
      await keep(key);
      await utimes(at(key, 'about.json'), new Date(), new Date(Date.now() - 60_000 + index));
    }
    await find('a');
    await keep('d');
    const left = await listSnapshots(snapshotFolder(cache));
    expect(left.map(({ key }) => key)).toEqual(['a', 'c', 'd']);
    expect(left.every((one) => one.size > size && one.machine === '6.1, tcg')).toBe(true);
  });

  it('sweeps what a killed run left, and not what a living one is writing', async () => {
    const { hostname } = await import('node:os');
    const folder = snapshotFolder(cache);
    const dead = join(folder, `.tmp-${hostname()}-999999999-00000000`);
    const alive = join(folder, `.tmp-${hostname()}-${process.pid}-00000000`);
    await mkdir(join(dead, 'entry'), { recursive: true });
    await mkdir(join(alive, 'entry'), { recursive: true });
    await kept('k');
    await expect(stat(dead)).rejects.toThrow();
    await expect(stat(alive)).resolves.toBeTruthy();
  });

  it('uses a cache that may only be read', async () => {
    await kept('k');
    await chmod(snapshotFolder(cache), 0o555);
    await chmod(join(snapshotFolder(cache), 'k'), 0o555);
    expect((await find('k')).kind).toBe('hit');
    await chmod(snapshotFolder(cache), 0o755);
    await chmod(join(snapshotFolder(cache), 'k'), 0o755);
  });
});
