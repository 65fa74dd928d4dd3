// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Expectation } from '../../model/expectation.js';
import type { RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, textOf, variant } from './matrix.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'expectations-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Entry = Partial<Pick<Expectation, 'object' | 'kernels' | 'code'>> & Pick<Expectation, 'program' | 'expect'>;

/** Netfilter programs came with 6.4; 6.12 does not follow a negation; a map of one of two programs is for no kernel. */
const objects = ['cases/netfilter', 'negated_tail', 'map_unsupported', 'healthy'];

async function held(...entries: readonly Entry[]): Promise<Finished> {
  const config = join(folder, 'matrix.config.json');
  const expectations = entries.map((entry, index) => ({ ...entry, reason: `known as ${index}` }));
  await writeFile(config, JSON.stringify({ expectations }));
  const files = objects.flatMap((name) => ['--object', variant(name)]);
  return matrix(['--kernel', '6.1,6.12', '--config', config, ...files]);
}

const known = [
  { object: 'netfilter', program: '*', kernels: '<6.4', expect: 'fails', code: 'PROG_TYPE_UNSUPPORTED' },
  { program: 'negated_*', kernels: '6.12', expect: 'fails', code: 'VERIFIER_REJECTED' },
  { object: 'map_*', program: 'uses_map', expect: 'optional' },
] as const;

describe('everything as expected', () => {
  let run: Finished;
  let report: RunReport;
  beforeAll(async () => {
    run = await held(...known);
    report = await reportOf(run);
  });

  it('passes, and what failed is seen in every report', async () => {
    expect([run.exitCode, report.findings]).toEqual([0, []]);
    const netfilter = programOf(objectOf(kernelOf(report, '6.1'), 'netfilter'), 'accepts');
    expect(netfilter).toMatchObject({ load: { kind: 'failed' }, expected: { outcome: 'holds' } });
    for (const text of [run.stdout, await textOf(run, 'summary.md')]) {
      expect(text).toContain('2 failed as expected');
      expect(text).toContain('expected to fail: known as 1');
    }
    expect(await textOf(run, 'junit.xml')).toMatch(
      /<skipped message="expected to fail: known as 0; PROG_TYPE_UNSUPPORTED/,
    );
  });

  it('loads and attaches the rest of an object, and says that it is a part', () => {
    const object = objectOf(kernelOf(report, '6.12'), 'map_unsupported');
    expect(object).toMatchObject({
      verdict: { kind: 'pass' },
      whole: { kind: 'failed' },
      partial: { load: { kind: 'loaded' } },
    });
    expect(programOf(object, 'uses_map')).toMatchObject({ optional: true, load: { code: 'MAP_UNSUPPORTED' } });
    expect(object.programs.filter(({ attach }) => attach.kind === 'attached')).toHaveLength(1);
    expect(run.stdout).toMatch(/whole object +part +part/);
  });

  it('is judged again to the same', async () => {
    const again = await matrix(['judge', run.out]);
    const { expectations, kernels } = await reportOf(again);
    expect([again.exitCode, expectations]).toEqual([0, report.expectations]);
    expect(kernels.map(({ verdict }) => verdict)).toEqual(report.kernels.map(({ verdict }) => verdict));
  });

  it('says which kernels take what', () => {
    const shapeOf = (name: string): unknown => report.support.find(({ program }) => program === name);
    expect(shapeOf('accepts')).toMatchObject({ shape: 'from', oldest: '6.12' });
    expect(shapeOf('negated_connect')).toMatchObject({ shape: 'until', oldest: '6.1' });
    expect(shapeOf('uses_map')).toMatchObject({ shape: 'nowhere', oldest: null });
    expect(run.stdout).toMatch(/negated_connect +up to 6\.1\n +6\.12 +VERIFIER_REJECTED at negated_tail\.bpf\.c:\d+/);
  });
});

it('another code than the one expected is a failure, and one that loads a finding', async () => {
  const [, , optional] = known;
  const run = await held(
    { program: 'accepts', kernels: '<6.4', expect: 'fails', code: 'HELPER_UNSUPPORTED' },
    { program: 'negated_connect', expect: 'fails', code: 'VERIFIER_REJECTED' },
    { program: 'no_such_program', expect: 'optional' },
    optional,
  );
  const report = await reportOf(run);
  expect(run.exitCode).toBe(1);
  expect(kernelOf(report, '6.1').verdict).toMatchObject({ kind: 'fail', code: 'PROG_TYPE_UNSUPPORTED' });
  expect(kernelOf(report, '6.12').verdict).toEqual({ kind: 'pass' });
  expect(run.stdout).toContain('expected to fail with HELPER_UNSUPPORTED, and not with this: known as 0');
  expect(report.findings).toEqual([
    {
      verdict: { kind: 'fail', stage: 'run', code: 'EXPECTATION_CHANGED' },
      message: expect.stringMatching(/^expectations\.1: negated_tail\/negated_connect .*does not on 6\.1:/) as unknown,
    },
  ]);
  expect(report.notices).toContainEqual(expect.stringMatching(/^expectations\.2: no program no_such_program/));
});

it('--program loads these alone', async () => {
  const files = objects.flatMap((name) => ['--object', variant(name)]);
  const run = await matrix(['--kernel', '6.1,6.12', '--program', 'healthy_open,negated_*', ...files]);
  const report = await reportOf(run);
  expect(run.exitCode).toBe(1);
  expect(report.options.programs).toEqual(['healthy_open', 'negated_*']);
  expect(report.objects.map(({ name }) => name)).toEqual(['negated_tail', 'healthy']);
  const healthy = objectOf(kernelOf(report, '6.12'), 'healthy');
  expect(healthy.programs.map(({ name, attach }) => [name, attach.kind])).toEqual([['healthy_open', 'attached']]);
  expect(kernelOf(report, '6.1').verdict).toEqual({ kind: 'pass' });
  const none = await matrix(['--kernel', '6.12', '--program', 'helthy_open', ...files]);
  expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('nearest: healthy_open')]);
});
