// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readBaseline } from '../../../results/manifest.js';
import { upgradedFrame, upgradedSchema } from '../../../results/older-schema.js';
import { readRunJson } from '../../../results/run-json.js';

/** Files of real runs before version 2, with most of their programs and checks taken out. */
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures/schema-1');

it('reads a run of version 1 in the words of version 2', async () => {
  const report = await readRunJson(join(folder, 'run.json'));
  expect(report.schema).toBe(2);
  const [kernel] = report.kernels;
  if (kernel?.status !== 'ran') throw new Error('fixture');
  expect(kernel.scenarios.map(({ environment }) => environment)).toEqual(['lsm', 'lsm-override', 'no-lsm']);
  expect(kernel.identity.artifacts).toHaveLength(1);
  expect(kernel.identity.artifacts[0]?.package).toBe(kernel.identity.package);
  const checks = kernel.scenarios.flatMap((machine) => machine.checks);
  expect(new Set(checks.map(({ environment }) => environment))).toEqual(new Set(['lsm', 'lsm-override', 'no-lsm']));
  expect(checks.map(({ check }) => check)).toContain('kernel log');
  expect(kernel.scenarios[0]?.checks.at(-1)?.outcome).toMatchObject({ kind: 'not-offered', by: 'agent' });
  expect(JSON.stringify(report)).not.toMatch(/"(?:setting|leg|debs)"|"seam"|"subject"/);
});

it('adds what came later: nothing was expected, every program was loaded, and nobody counted who takes it', async () => {
  const report = await readRunJson(join(folder, 'run.json'));
  expect(report.options.programs).toBeNull();
  expect([report.expectations, report.support]).toEqual([{ scope: 'part', entries: [] }, []]);
  const [kernel] = report.kernels;
  const programs = kernel?.status === 'ran' ? kernel.objects.flatMap((object) => object.programs) : [];
  expect(new Set(programs.map(({ expected }) => expected))).toEqual(new Set([null]));
});

it('adds nothing to a stored run that has it', () => {
  const frame = { options: { programs: ['a'], given: [] }, expectations: { scope: 'whole', entries: [] }, others: [] };
  expect(upgradedFrame(frame)).toEqual(frame);
  expect(upgradedFrame({ options: { jobs: 1 } })).toMatchObject({ options: { jobs: 1, programs: null, given: [] } });
});

it('reads a baseline of version 1', async () => {
  const manifest = (await readBaseline(join(folder, 'manifests')))?.get('6.1');
  expect(manifest?.schema).toBe(2);
  expect(manifest?.postures).toContainEqual({ environment: 'lsm-override', posture: 'ENFORCE_SIGNAL' });
  expect(manifest?.scenarios.map(({ environment }) => environment)).toContain('lsm-override');
});

it.each([{ schema: 2, setting: 'seam' }, { schema: 0, leg: 'x' }, { leg: 'x' }, null, [1], 'text'])(
  'leaves %j as it is',
  (value) => {
    expect(upgradedSchema(value)).toBe(value);
  },
);

it('renames no more than it says: a scenario may well be called seam', async () => {
  const old = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as Record<string, unknown>;
  const value = upgradedSchema({ ...old, kernels: [{ scenario: 'seam', detail: 'subject' }] });
  expect(value).toMatchObject({ kernels: [{ scenario: 'seam', detail: 'subject' }] });
});
