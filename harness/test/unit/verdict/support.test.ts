// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KernelReport, ProgramReport } from '../../../model/report.js';
import { supportView } from '../../../report/views/support.js';
import { supportOf } from '../../../verdict/support.js';
import { run, unavailable515 } from '../../fixtures/report-base.js';
import { loadedProgram, objectOf, ranKernel, rejectedProgram, returnRange } from '../../fixtures/report-parts.js';

const section = 'lsm/file_open';
const taken = loadedProgram(section);
const refused = rejectedProgram(section, returnRange('log'));
const unattached: ProgramReport = {
  ...taken,
  attach: { kind: 'failed', code: 'ATTACH_FAILED', why: returnRange('log') },
  verdict: { kind: 'fail', stage: 'attach', code: 'ATTACH_FAILED' },
};
const kernel = (id: string, program: ProgramReport, release = `${id}.0`): KernelReport =>
  ranKernel(id, release, [objectOf('aegis', [program])]);
const shapeOf = (kernels: readonly KernelReport[]) => supportOf(kernels).map(({ shape, oldest }) => [shape, oldest]);

describe('which kernels take a program', () => {
  it.each([
    ['everywhere', '6.1', [taken, taken, taken]],
    ['nowhere', null, [refused, refused, unattached]],
    ['from', '6.8', [refused, taken, taken]],
    ['from', '6.12', [refused, unattached, taken]],
    ['until', '6.1', [taken, refused, refused]],
    ['mixed', '6.1', [taken, refused, taken]],
    ['mixed', '6.8', [refused, taken, refused]],
  ] as const)('%s %s', (shape, oldest, [a, b, c]) => {
    const kernels = [kernel('6.1', a), kernel('6.8', b), kernel('6.12', c)];
    expect(shapeOf(kernels)).toEqual([[shape, oldest]]);
    // In whatever order they were asked for.
    expect(supportOf(kernels.toReversed())).toEqual(supportOf(kernels));
  });

  it('goes by the age a kernel tells, and not by its id', () => {
    expect(shapeOf([kernel('mine', taken, '6.8.12-custom'), kernel('6.1', refused), kernel('6.12', taken)])).toEqual([
      ['from', 'mine'],
    ]);
  });

  it('claims nothing of a kernel without an answer', () => {
    const [support] = supportOf([kernel('6.12', taken), unavailable515, kernel('5.10', refused)]);
    expect(support?.stretches.map(({ answer, kernels }) => [answer, ...kernels])).toEqual([
      ['refused', '5.10'],
      ['unknown', '5.15'],
      ['taken', '6.12'],
    ]);
  });

  it('joins neighbours that refuse for the same cause, whatever they call it', () => {
    const worded = rejectedProgram(section, { ...returnRange('log'), decidingLine: 'worded in another way' });
    const elsewhere = rejectedProgram(section, { ...returnRange('log'), cause: null, decidingLine: 'another' });
    const [support] = supportOf([kernel('6.1', refused), kernel('6.8', worded), kernel('6.12', elsewhere)]);
    expect(support?.stretches.map(({ kernels }) => kernels)).toEqual([['6.1', '6.8'], ['6.12']]);
  });
});

describe('the view of it', () => {
  const rows = (programs: readonly ProgramReport[]) =>
    supportView(
      run(
        programs.map((program, index) => kernel(`6.${index + 1}`, program)),
        1,
      ),
    )?.rows.map(({ where }) => where);

  it('never says "from" of what is refused again', () => {
    expect(rows([taken, refused, taken])).toEqual(['only on 6.1, 6.3']);
    expect(rows([refused, taken, taken])).toEqual(['from 6.2']);
    expect(rows([taken, taken, refused])).toEqual(['up to 6.2']);
    expect(rows([refused, refused])).toEqual(['on no kernel']);
  });

  it('counts what loads everywhere, and is not there for one kernel', () => {
    expect(supportView(run([kernel('6.1', taken), kernel('6.2', taken)], 0))).toEqual({ rows: [], everywhere: 1 });
    expect(supportView(run([kernel('6.1', refused)], 1))).toBeNull();
    expect(supportView(run([kernel('6.1', refused), unavailable515], 1))).toBeNull();
  });

  it('says what stops it, with its place', () => {
    const [row] = supportView(run([kernel('6.1', refused), kernel('6.2', taken)], 1))?.rows ?? [];
    expect(row?.stops).toEqual([
      {
        kernels: '6.1',
        what: expect.stringMatching(/^VERIFIER_REJECTED at net\.bpf\.h:88: At program exit/) as unknown,
      },
    ]);
  });
});
