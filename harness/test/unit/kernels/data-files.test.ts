import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadCatalog, loadLock } from '../../../kernels/index.js';
import { writeLock } from '../../../kernels/lock.js';
import { packageRoot } from '../../../kernels/package-root.js';

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
    const [{ kernels }, lock] = await Promise.all([loadCatalog(), loadLock()]);
    expect(Object.keys(lock.kernels).sort()).toEqual(kernels.map((kernel) => kernel.id).sort());
    for (const { id, series, suites, family } of kernels) {
      const entry = lock.kernels[id];
      if (entry === null && family === 'ubuntu') continue;
      expect(suites, id).toContain(entry!.suite);
      if (series !== null) expect(entry!.version, id).toMatch(new RegExp(`^${series.replace('.', '\\.')}\\.`));
      for (const deb of entry!.debs) expect(deb.version, id).toBe(entry!.version);
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

  test('a lock with a short hash', async () => {
    const debs = [{ package: 'p', version: '1', sha256: 'abc' }];
    const entry = { package: 'p', version: '1', suite: 's', snapshot: '20260101T000000Z', debs };
    const path = await file(JSON.stringify({ schema: 1, kernels: { '6.1': entry } }));
    await expect(loadLock(path)).rejects.toThrow('kernels.6.1.debs[0].sha256: 64 lower-case hex digits');
  });

  test('a lock whose first package is not the one it says', async () => {
    const debs = [{ package: 'q', version: '1', sha256: '0'.repeat(64) }];
    const entry = { package: 'p', version: '1', suite: 's', snapshot: '20260101T000000Z', debs };
    const path = await file(JSON.stringify({ schema: 1, kernels: { '6.1': entry } }));
    await expect(loadLock(path)).rejects.toThrow('kernels.6.1.debs[0]: must be the package');
  });

  test.each([
    { text: '{ "schema": 1,\n  "kernels": ]', place: '"kernels": ]' },
    { text: '{ "schema": 1,\n  "kernels" 2 }', place: 'line 2, column 13' },
    { text: '{ "schema": 1,', place: 'line 1, column 15' },
    { text: '', place: 'line 1, column 1' },
  ])('not JSON: $text', async ({ text, place }) => {
    await expect(loadLock(await file(text))).rejects.toThrow(place);
  });

  test('a file that is not there', async () => {
    await expect(loadLock(join(folder, 'none.json'))).rejects.toMatchObject({ name: 'UsageError' });
  });
});

test('writing a lock keeps catalog order, and entries the catalog no longer has', async () => {
  const path = await file('');
  await writeLock(path, { schema: 1, kernels: { gone: null, '6.1': null } }, ['5.10', '6.1']);
  expect(Object.keys((await loadLock(path)).kernels).sort()).toEqual(['5.10', '6.1', 'gone']);
  expect(await readFile(path, 'utf8')).toMatch(/"5\.10": null,\n {4}"6\.1": null,\n {4}"gone": null\n/);
});
