// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Reporter, ReporterHub } from '../../../report/reporter.js';
import { openOutDir } from '../../../results/out-dir.js';
import { readRunJson } from '../../../results/run-json.js';
import { publishReport, type Publishers } from '../../../run/publish.js';
import { finished } from '../../fixtures/reporting.js';
import { allPass } from '../../fixtures/reports.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publish-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const publishers = (files: readonly Reporter<'run'>[], live = new ReporterHub<'run'>([])): Publishers<'run'> => ({
  files,
  live,
  reportOf: finished,
});

const broken: Reporter<'run'> = {
  name: 'junit',
  onEnd: () => {
    throw new Error('no space left');
  },
};

it('fails a green run whose report could not be written, in run.json too', async () => {
  const out = await openOutDir(join(folder, 'report'));
  const final = await publishReport(allPass(), out, publishers([broken]));
  expect(final.exitCode).toBe(3);
  expect(final.findings[0]).toMatchObject({ verdict: { kind: 'infra', cause: 'REPORTER' } });
  expect(await readRunJson(join(out.place, 'run.json'))).toEqual(final);
});

it('tells the other reporters of one that broke while the run went on', async () => {
  const deaf: Reporter<'run'> = {
    name: 'terminal',
    onEvent: () => {
      throw new Error('gone');
    },
  };
  const live = new ReporterHub<'run'>([deaf]);
  live.onEvent({ type: 'notice', text: 'x' });
  const seen: number[] = [];
  const witness: Reporter<'run'> = {
    name: 'witness',
    onEnd: ({ report }) => {
      seen.push(report.exitCode);
    },
  };
  const out = await openOutDir(join(folder, 'report'));
  await publishReport(allPass(), out, publishers([witness], live));
  expect(seen).toEqual([3]);
});

it('leaves the old report alone when the new one cannot be finished', async () => {
  const place = join(folder, 'report');
  await publishReport(allPass(), await openOutDir(place), publishers([]));
  const before = await readFile(join(place, 'run.json'), 'utf8');
  const unwritable = { ...allPass(), ms: Number.NaN };
  await expect(publishReport(unwritable, await openOutDir(place), publishers([]))).rejects.toThrow();
  expect(await readFile(join(place, 'run.json'), 'utf8')).toBe(before);
});
