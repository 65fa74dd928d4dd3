// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lockFromRun } from '../../../cli/commands/kernels/lock.js';
import { type KernelContext, loadLock, openKernelContext } from '../../../kernels/index.js';
import { readBaseline } from '../../../results/manifest.js';
import { writeRunJson } from '../../../results/run-json.js';
import { allPass, pending } from '../../fixtures/reports.js';
import { finished, writeReport } from '../../fixtures/reporting.js';

let folder: string;
let context: KernelContext;
const at = (name: string): string => join(folder, name);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bm-lock-'));
  await writeFile(at('lock.json'), '{ "schema": 3, "kernels": {} }');
  context = await openKernelContext({ env: {}, cacheDir: at('cache'), lockPath: at('lock.json') });
  await writeRunJson(at('run'), pending());
  await writeReport('manifest', 'run', finished(pending()), at('run'));
});
afterEach(async () => {
  await context.close();
  await rm(folder, { recursive: true });
});

const id = pending().kernels[0]!.id;

it('a run offers what locks its pending kernels, and nothing of others', async () => {
  const offered = await loadLock(at('run/offered-lock.json'));
  expect(Object.keys(offered.kernels)).toEqual([id]);
  expect(offered.kernels[id]).toMatchObject({ snapshot: null, booted: { release: expect.any(String) as string } });
  await writeReport('manifest', 'run', finished(allPass()), at('other'));
  await expect(readFile(at('other/offered-lock.json'))).rejects.toThrow('ENOENT');
});

it('kernels lock takes over what was offered, and the baseline; the second time it changes nothing', async () => {
  expect(await lockFromRun(at('run'), at('baseline'), context)).toEqual([
    expect.stringMatching(`^${id}: pending -> .*; its manifest is in `),
  ]);
  const lock = await loadLock(at('lock.json'));
  expect(lock.kernels[id]).toEqual((await loadLock(at('run/offered-lock.json'))).kernels[id]);
  expect([...(await readBaseline(at('baseline')))!.keys()]).toEqual([id]);
  const before = await readFile(at('lock.json'), 'utf8');
  expect(await lockFromRun(at('run'), at('baseline'), context)).toEqual([
    `${id}: is locked by now, and stays as it is`,
  ]);
  expect(await readFile(at('lock.json'), 'utf8')).toBe(before);
});

it('a manifest that is there stays, and a part of a run has none', async () => {
  await rm(at('run/manifests'), { recursive: true });
  expect(await lockFromRun(at('run'), at('baseline'), context)).toEqual([expect.stringContaining('no baseline')]);
  await writeFile(at('lock.json'), '{ "schema": 3, "kernels": {} }');
  await writeReport('manifest', 'run', finished(pending()), at('run'));
  await lockFromRun(at('run'), at('baseline'), context);
  await writeFile(at('lock.json'), '{ "schema": 3, "kernels": {} }');
  expect(await lockFromRun(at('run'), at('baseline'), context)).toEqual([expect.stringContaining('which stays')]);
});

it('a run without a pending kernel, and a folder that is no report, are told apart', async () => {
  await writeRunJson(at('done'), allPass());
  await expect(lockFromRun(at('done'), at('baseline'), context)).rejects.toThrow('no kernel of this run was pending');
  await expect(lockFromRun(at('none'), at('baseline'), context)).rejects.toMatchObject({ name: 'UsageError' });
});
