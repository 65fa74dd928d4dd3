// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KernelReport, LoadVerdict, ProgramReport } from '../../../model/report.js';
import {
  bisectConclusion,
  bisectionMarkdown,
  describeFlip,
  reasonLines,
  releaseTable,
} from '../../../report/pages/bisection.js';
import { type Bisection, bisectionOf } from '../../../verdict/bisect.js';
import { broken67, run, unavailable515 } from '../../fixtures/report-base.js';
import { loadedProgram, objectOf, ranKernel, returnRange } from '../../fixtures/report-parts.js';

const program = 'file_open';

function kernel(id: string, load: LoadVerdict): KernelReport {
  const verdict =
    load.kind === 'failed' ? ({ kind: 'fail', stage: 'load', code: load.code } as const) : ({ kind: 'pass' } as const);
  const report: ProgramReport = { ...loadedProgram('lsm/file_open'), load, verdict };
  return ranKernel(id, `${id}-cloud-amd64`, [objectOf('aegis', [report])]);
}

const loads: LoadVerdict = { kind: 'loaded' };
const rejected: LoadVerdict = { kind: 'failed', code: 'VERIFIER_REJECTED', why: returnRange('log') };
const offered = ['6.1.170', '6.1.180', '6.1.192', '6.12.43', '6.12.48', '6.17.8'];

const options = {
  available: false,
  frozen: false,
  jobs: 1,
  accel: 'tcg',
  withoutCapabilities: [],
  programs: null,
  given: [],
} as const;
const of = (kernels: readonly KernelReport[], available = false): Bisection =>
  bisectionOf(run(kernels, 0, { options: { ...options, available } }), program, offered);

describe('bisection', () => {
  const twice = of([
    kernel('6.1.170', loads),
    kernel('6.1.192', loads),
    kernel('6.12.43', rejected),
    kernel('6.12.48', rejected),
    kernel('6.17.8', loads),
  ]);

  it('tells each flip, and why', () => {
    expect(twice.flips.map(describeFlip)).toEqual([
      'between 6.1.192 and 6.12.43: loads -> VERIFIER_REJECTED',
      'between 6.12.48 and 6.17.8: VERIFIER_REJECTED -> loads',
    ]);
    expect(twice.exitCode).toBe(1);
    expect(releaseTable(twice).map(({ release, verdict }) => `${release} ${verdict}`)).toEqual([
      '6.1.170 loads',
      '... 1 not asked',
      '6.1.192 loads',
      '6.12.43 VERIFIER_REJECTED',
      '6.12.48 VERIFIER_REJECTED',
      '6.17.8 loads',
    ]);
    expect(reasonLines(twice)).toEqual([expect.stringMatching(/^6\.12\.43, 6\.12\.48: lsm-return-range: At program/)]);
    expect(bisectConclusion(twice)).toBe('FAIL: exit 1, aegis/file_open flips 2 times (5 of 6 releases asked)');
    expect(bisectionMarkdown(twice)).toContain('between 6.1.192 and 6.12.43');
  });

  it('a release without an answer is no flip, and is named where it hides one', () => {
    const absent = { ...unavailable515, id: '6.1.192' };
    const holed = of([kernel('6.1.180', loads), absent, kernel('6.12.43', rejected)]);
    expect(holed.flips).toMatchObject([{ between: ['6.1.180', '6.12.43'], unknown: ['6.1.192'] }]);
    expect(holed.flips.map(describeFlip)[0]).toContain('6.1.192 in between gave no answer');
    expect(holed.rows[1]?.answer).toMatchObject({ kind: 'missing', code: 'ARCHIVE_UNREACHABLE' });
  });

  it.each([
    ['all load', [kernel('6.1.170', loads)], 0],
    ['all rejected', [kernel('6.1.170', rejected)], 1],
    ['rejected and broken', [kernel('6.1.170', rejected), { ...broken67, id: '6.12.43' }], 1],
    ['loads and broken', [kernel('6.1.170', loads), { ...broken67, id: '6.12.43' }], 3],
    ['nothing known', [{ ...broken67, id: '6.12.43' }], 3],
  ] as const)('%s', (_, kernels, exitCode) => {
    expect(of(kernels).exitCode).toBe(exitCode);
  });

  it('a kernel that never speaks of the program is unknown, not a pass', () => {
    const silent = ranKernel('6.1.170', '6.1.170-cloud-amd64', [objectOf('aegis', [loadedProgram('lsm/bpf')])]);
    expect(of([silent]).rows[0]?.answer).toMatchObject({ kind: 'missing' });
    expect(of([silent]).exitCode).toBe(3);
  });

  it('an object that cannot be opened is rejected for each of its programs', () => {
    const object = { ...objectOf('aegis', []), whole: rejected };
    expect(of([ranKernel('6.1.170', '6.1.170', [object])]).rows[0]?.answer).toMatchObject({ kind: 'rejected' });
  });
});
