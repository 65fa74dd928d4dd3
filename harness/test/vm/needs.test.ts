// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, textOf, variant } from './matrix.js';

/** What objects need of their loader, on an old and a new kernel. */

const kernels = ['6.1', '7.2'] as const;

let run: Finished;
let report: RunReport;
beforeAll(async () => {
  const objects = ['needs_partial'].flatMap((name) => ['--object', variant(name)]);
  run = await matrix(['--only', 'load', '--kernel', kernels.join(), ...objects]);
  report = await reportOf(run);
}, 600_000);

describe.each(kernels)('an object of which a part loads, on %s', (kernel) => {
  const object = () => objectOf(kernelOf(report, kernel), 'needs_partial');

  it('is attached without what fails alone, and fails all the same', () => {
    const attached = object().programs.map(({ name, attach }) => `${name} ${attach.kind}`);
    expect(attached).toEqual([
      'counts_exec attached',
      'counts_exit attached',
      'checks_nothing not-tried',
      'uses_the_future not-tried',
      'finds_no_place failed',
    ]);
    const without = { withoutPrograms: ['checks_nothing', 'uses_the_future'], withoutMaps: ['from_the_future'] };
    expect(object().partial).toEqual({ ...without, load: { kind: 'loaded' } });
    expect([object().whole.kind, object().verdict.kind, run.exitCode]).toEqual(['failed', 'fail', 1]);
    expect(programOf(object(), 'finds_no_place').attach).toMatchObject({ why: { cause: 'probe-target' } });
  });

  it('says what it goes without', async () => {
    const words = 'without checks_nothing, uses_the_future, map from_the_future it loads and attaches counts_exec';
    expect(run.stdout).toContain(words);
    expect(await textOf(run, 'junit.xml')).toContain('without checks_nothing, uses_the_future, map from_the_future');
  });
});
