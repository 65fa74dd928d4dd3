// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernelOf, matrix, objectOf, reportOf, textOf } from './matrix.js';

/** scripts/bootstrap sees to 16 and to the newest of these that there is. */
const newest = [19, 18, 17].find((version) => existsSync(`/usr/bin/clang-${version}`)) ?? 15;

describe('--clang', () => {
  it('loads what each compiler makes of our object, and says everywhere which one it was', async () => {
    const run = await matrix(['--clang', `16,${newest}`, '--kernel', '6.12']);
    const report = await reportOf(run);
    expect(report.objects.map(({ name, compiler }) => [name, /clang version (\d+)/.exec(compiler ?? '')?.[1]])).toEqual(
      [
        ['aegis-clang-16', '16'],
        [`aegis-clang-${newest}`, String(newest)],
      ],
    );
    const kernel = kernelOf(report, '6.12');
    for (const { name } of report.objects) expect(objectOf(kernel, name).programs.length).toBeGreaterThan(5);
    expect(run.stdout).toContain('only loading is judged: --clang names several compilers');
    const csv = await textOf(run, 'veristat/6.12.csv');
    const files = new Set(
      csv
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(',')[0]),
    );
    expect(files).toEqual(new Set(['aegis-clang-16.bpf.o', `aegis-clang-${newest}.bpf.o`]));
    for (const text of [run.stdout, await textOf(run, 'summary.md'), await textOf(run, 'junit.xml')]) {
      expect(text).toMatch(/clang (?:version )?16\./);
    }
  });

  it.each([
    [['--clang', '99'], 'apt-get install clang-99'],
    [['--clang', '19', '--object', 'build/aegis.bpf.o'], 'leave one of the two out'],
    [['--clang', '16,19', '--only', 'file'], 'an agent loads one object, and --clang builds 2'],
    [['compare', '--clang', '19'], 'compare --clang 16,19'],
  ])('%j is a usage error', async (args, message) => {
    const run = await matrix([...args, '--kernel', '6.12']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain(message);
  });
});
