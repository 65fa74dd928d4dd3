// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { timelessFolder } from './timeless-folder.js';
import { type Finished, kernelOf, matrix, reportOf, variant } from './matrix.js';

/** A hundred were run by hand for docs/snapshots.md: BPF_MATRIX_WARM_RUNS=100. */
const runs = Number(process.env['BPF_MATRIX_WARM_RUNS'] ?? '5');
const kernel = '7.2';

const warm = (...more: string[]): Promise<Finished> =>
  matrix(['--kernel', kernel, '--only', 'load', '--accel', 'tcg', ...more]);

describe('warm runs of one kernel', () => {
  it(`give ${runs} reports that differ in nothing but times`, async () => {
    // Keeps the snapshot, where there is none; a small object is enough for that.
    await warm('--object', variant('healthy'));
    const first = await contentOf(await warm());
    for (let run = 2; run <= runs; run++) expect(await contentOf(await warm()), `run ${run}`).toEqual(first);
  });
});

/** Every file of a report without its times; all of it from a restored guest. */
async function contentOf(run: Finished): Promise<Readonly<Record<string, unknown>>> {
  expect(run.exitCode).toBe(0);
  const report = kernelOf(await reportOf(run), kernel);
  expect(report.status === 'ran' ? report.boot.start : report).toBe('restored');
  return timelessFolder(run.out);
}
