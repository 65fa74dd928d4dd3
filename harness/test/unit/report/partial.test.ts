// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ObjectReport, PartialReport } from '../../../model/report.js';
import { junitCasesOf } from '../../../report/views/cases.js';
import { partialBlocks, partialLines } from '../../../report/views/partial.js';
import { aegis, releases, run } from '../../fixtures/report-base.js';
import { loadedProgram, objectOf, ranKernel, rejectedProgram, returnRange } from '../../fixtures/report-parts.js';

const left = { withoutPrograms: ['socket_bind'], withoutMaps: ['events'] };
const refused = rejectedProgram('lsm/socket_bind', returnRange('logs/x.log'));
const loads: PartialReport = { ...left, load: { kind: 'loaded' } };

function reportOf(partial: PartialReport, names: readonly string[]) {
  const programs = [...names.map((name) => loadedProgram(`lsm/${name}`)), refused];
  const object: ObjectReport = { ...objectOf('aegis', programs), partial };
  return run([ranKernel('6.1', releases['6.1'], [object]), ranKernel('6.12', releases['6.12'], [object])], 1, {
    objects: [aegis],
  });
}

describe('an object of which a part loads', () => {
  it('is a row that says what it goes without, and what is attached', () => {
    const report = reportOf(loads, ['file_open', 'mmap_file']);
    expect(partialLines(report)).toEqual([
      '  aegis  6.1, 6.12: without socket_bind, map events it loads and attaches file_open, mmap_file',
    ]);
    expect(partialBlocks(report).flat()[0]).toContain('(6.1, 6.12)');
    const [kernel] = report.kernels;
    const cases = kernel?.status === 'ran' ? junitCasesOf(kernel) : [];
    expect(cases.at(-1)).toMatchObject({ item: 'without socket_bind, map events', outcome: { kind: 'pass' } });
  });

  it('has a short list, and names what is not attached', () => {
    const report = reportOf(loads, ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
    expect(partialLines(report)[0]).toMatch(/attaches a, b, c, d, e, f, g, h and 2 more$/);
    const unattachable = { kind: 'unattachable', reason: 'no place' } as const;
    const first = report.kernels[0];
    const object = first?.status === 'ran' ? first.objects[0] : undefined;
    const programs = [{ ...loadedProgram('lsm/a'), attach: unattachable }];
    const other = run([ranKernel('6.1', releases['6.1'], [{ ...object!, programs }])], 1);
    expect(partialLines(other)[0]).toMatch(/attaches nothing; not attached: a$/);
  });

  it('that does not load either says why, and is held against nobody twice', () => {
    const why = { ...returnRange('logs/x.log'), decidingLine: 'stage prog: ENOMEM; no memory' };
    const report = reportOf({ ...left, load: { kind: 'failed', code: 'LOAD_FAILED', why } }, ['file_open']);
    expect(partialLines(report)[0]).toContain('it does not load either: stage prog: ENOMEM; no memory');
    const [kernel] = report.kernels;
    const cases = kernel?.status === 'ran' ? junitCasesOf(kernel) : [];
    expect(cases.at(-1)?.outcome.kind).toBe('optional');
  });
});
