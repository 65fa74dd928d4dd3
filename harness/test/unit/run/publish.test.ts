import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Reporter, ReporterHub } from '../../../report/reporter.js';
import { openOutDir } from '../../../results/out-dir.js';
import { readRunJson } from '../../../results/run-json.js';
import { publish } from '../../../run/publish.js';
import { allPass } from '../../fixtures/reports.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'publish-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const broken: Reporter = {
  name: 'junit',
  onEnd: () => {
    throw new Error('no space left');
  },
};

it('fails a green run whose report could not be written, in run.json too', async () => {
  const out = await openOutDir(join(folder, 'report'));
  const final = await publish(allPass(), out, [broken], new ReporterHub([]));
  expect(final.exitCode).toBe(3);
  expect(final.findings[0]).toMatchObject({ verdict: { kind: 'infra', cause: 'REPORTER' } });
  expect(await readRunJson(join(out.place, 'run.json'))).toEqual(final);
});

it('tells the other reporters of one that broke while the run went on', async () => {
  const deaf: Reporter = {
    name: 'terminal',
    onEvent: () => {
      throw new Error('gone');
    },
  };
  const live = new ReporterHub([deaf]);
  live.onEvent({ type: 'notice', text: 'x' });
  const seen: number[] = [];
  const witness: Reporter = {
    name: 'witness',
    onEnd: ({ exitCode }) => {
      seen.push(exitCode);
    },
  };
  const out = await openOutDir(join(folder, 'report'));
  await publish(allPass(), out, [witness], live);
  expect(seen).toEqual([3]);
});

it('leaves the old report alone when the new one cannot be finished', async () => {
  const place = join(folder, 'report');
  await publish(allPass(), await openOutDir(place), [], new ReporterHub([]));
  const before = await readFile(join(place, 'run.json'), 'utf8');
  const unwritable = { ...allPass(), ms: Number.NaN };
  await expect(publish(unwritable, await openOutDir(place), [], new ReporterHub([]))).rejects.toThrow();
  expect(await readFile(join(place, 'run.json'), 'utf8')).toBe(before);
});
