// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogKernel, loadCatalog, loadLock } from '../../../kernels/index.js';
import { layoutVersion } from '../../../kernels/keep.js';
import { lockVersion, writeLock } from '../../../kernels/lock.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { runProgram } from '../../../proc/run.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bm-data-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(text: string): Promise<string> {
  const path = join(folder, `${Math.random()}.json`);
  await writeFile(path, text);
  return path;
}

/** The shipped catalog with something replaced. */
async function changed(from: string, to: string): Promise<string> {
  const text = await readFile(join(packageRoot(), 'kernels', 'catalog.json'), 'utf8');
  expect(text).toContain(from);
  return file(text.replace(from, to));
}

describe('the shipped catalog and lock', () => {
  test('have the promised default and extended kernels', async () => {
    const { kernels } = await loadCatalog();
    const ids = (tier: string): string[] => kernels.filter((kernel) => kernel.tier === tier).map((kernel) => kernel.id);
    expect(ids('default')).toEqual(['5.15', '6.1', '6.8', '6.12', '6.17']);
    expect(ids('extended')).toEqual(
      expect.arrayContaining(['5.10', '6.16', '6.17-ubuntu', '6.18', '6.19', '7.0', '7.1', '7.2', 'newest']),
    );
  });

  test('agree: every lock entry is a kernel of the catalog, of its series and one of its suites', async () => {
    const [catalog, lock] = await Promise.all([loadCatalog(), loadLock()]);
    const locked = Object.keys(lock.kernels);
    // Of another architecture there may be an entry.
    expect(locked).toEqual(expect.arrayContaining(catalog.kernels.map((kernel) => kernel.id)));
    for (const { id, series, suites, family } of locked.map((name) => catalogKernel(catalog, name))) {
      const entry = lock.kernels[id];
      if (entry === null && family !== 'debian') continue;
      // What is not known of an older lock is known of this one.
      expect(entry!.booted, id).toMatchObject({ layout: layoutVersion });
      for (const { architecture, size } of entry!.artifacts) expect([architecture, size], id).not.toContain(null);
      expect(suites, id).toContain(entry!.suite);
      if (series !== null) expect(entry!.version, id).toMatch(new RegExp(`^${series.replace('.', '\\.')}\\.`));
      for (const artifact of entry!.artifacts) expect(artifact.version, id).toBe(entry!.version);
    }
  });
});

describe('errors name the file and the place', () => {
  test.each([
    { what: 'a wrong tier', from: '"tier": "extended"', to: '"tier": "never"', place: /kernels\[0\]\.tier: / },
    {
      what: 'an unknown key',
      from: '"id": "5.10",',
      to: '"id": "5.10", "colour": 1,',
      place: /kernels\[0\]: .*colour/,
    },
    { what: 'an id twice', from: '"id": "5.15"', to: '"id": "5.10"', place: /kernels\[1\]\.id: 5\.10 is there twice/ },
    { what: 'no suites', from: '["bullseye-security"]', to: '[]', place: /kernels\[0\]\.suites: / },
    {
      what: 'a snapshot without a date in it',
      from: 'archive/debian/<DATE>/',
      to: 'archive/debian/',
      place: /snapshot\.archive: /,
    },
  ])('catalog with $what', async ({ from, to, place }) => {
    const path = await changed(from, to);
    await expect(loadCatalog(path)).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(place) as string,
    });
    await expect(loadCatalog(path)).rejects.toThrow(path);
  });

  // The second version has `artifacts` where the first has `debs`, the third says more of each, and what is booted.
  describe.each([
    { schema: 1, list: 'debs', more: {}, each: {} },
    { schema: 2, list: 'artifacts', more: {}, each: {} },
    { schema: lockVersion, list: 'artifacts', more: { booted: null }, each: { architecture: 'amd64', size: 1 } },
  ])('in a lock of version $schema', ({ schema, list, more, each }) => {
    const lockWith = (artifact: { package: string; sha256: string }): Promise<string> => {
      const entry = { package: 'p', version: '1', suite: 's', snapshot: '20260101T000000Z', ...more };
      const kernels = { '6.1': { ...entry, [list]: [{ ...artifact, ...each, version: '1' }] } };
      return file(JSON.stringify({ schema, kernels }));
    };

    test('a short hash', async () => {
      const path = await lockWith({ package: 'p', sha256: 'abc' });
      await expect(loadLock(path)).rejects.toThrow(`kernels.6.1.${list}[0].sha256: 64 lower-case hex digits`);
    });

    test('a first artifact that is not the one the entry says', async () => {
      const path = await lockWith({ package: 'q', sha256: '0'.repeat(64) });
      await expect(loadLock(path)).rejects.toThrow(`kernels.6.1.${list}[0]: must be the package`);
    });
  });

  test('an object that looks like a list', async () => {
    const path = await file('{ "schema": 3, "kernels": { "6.1": { "package": { "length": { "toString": 1 } } } } }');
    await expect(loadLock(path)).rejects.toMatchObject({ name: 'UsageError' });
  });

  test('a lock of a version that nobody knows', async () => {
    await expect(loadLock(await file('{ "schema": 9, "kernels": {} }'))).rejects.toThrow(/: schema: .*\b3\b/);
  });

  test.each([
    { text: '{ "schema": 1,\n  "kernels": ]', place: 'line 2, column 14' },
    { text: '{ "schema": 1,\n  "kernels" 2 }', place: 'line 2, column 13' },
    { text: '{ "schema": 1,', place: 'line 1, column 15' },
    { text: '', place: 'it is empty' },
  ])('not JSON: $text', async ({ text, place }) => {
    await expect(loadLock(await file(text))).rejects.toThrow(place);
  });

  test.each(['a FIFO', 'a device', 'a folder'])('%s in its place, which is not waited for', async (what) => {
    const path = join(folder, `in place ${what}`);
    if (what === 'a FIFO') await runProgram('mkfifo', [path]);
    if (what === 'a device') await symlink('/dev/zero', path);
    if (what === 'a folder') await mkdir(path);
    for (const load of [loadLock, loadCatalog]) {
      await expect(load(path)).rejects.toMatchObject({
        name: 'UsageError',
        message: `${path}: cannot be read: it is ${what}, not a ${what === 'a folder' ? '' : 'regular '}file`,
        next: expect.stringContaining('restore it') as string,
      });
    }
  });

  test('a file that is not there', async () => {
    await expect(loadLock(join(folder, 'none.json'))).rejects.toMatchObject({ name: 'UsageError' });
  });
});

test('writing a lock keeps catalog order, and entries the catalog no longer has', async () => {
  const path = await file('');
  await writeLock(path, { schema: lockVersion, kernels: { gone: null, '6.1': null } }, ['5.10', '6.1']);
  expect(Object.keys((await loadLock(path)).kernels).sort()).toEqual(['5.10', '6.1', 'gone']);
  expect(await readFile(path, 'utf8')).toMatch(/"5\.10": "pending",\n {4}"6\.1": "pending",\n {4}"gone": "pending"\n/);
});

test.each([
  { schema: 1, list: 'debs' },
  { schema: 2, list: 'artifacts' },
])('a lock of version $schema is read as one of today, and written as one', async ({ schema, list }) => {
  const artifacts = [{ package: 'linux-image-6.1', version: '6.1-1', sha256: '0'.repeat(64) }];
  const entry = { package: 'linux-image-6.1', version: '6.1-1', suite: 'bookworm', snapshot: '20260101T000000Z' };
  const old = { schema, kernels: { '5.15': null, '6.1': { ...entry, [list]: artifacts } } };
  const path = await file(JSON.stringify(old));
  const lock = await loadLock(path);
  const known = { ...entry, booted: null, artifacts: [{ ...artifacts[0], architecture: null, size: null }] };
  expect(lock).toEqual({ schema: lockVersion, kernels: { '5.15': null, '6.1': known } });
  await writeLock(path, lock, ['5.15', '6.1']);
  const written = { schema: lockVersion, kernels: { '5.15': 'pending', '6.1': known } };
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(written);
  expect(await loadLock(path)).toEqual(lock);
});
