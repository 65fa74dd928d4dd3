// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ProgramExpectation } from '../../../model/expectation.js';
import type { ObjectReport, ProgramReport, RunReport } from '../../../model/report.js';
import { runPage } from '../../../report/pages/run.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderMarkdown } from '../../../report/reporters/markdown.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { FirstFailure } from '../../../run/first-failure.js';
import { run } from '../../fixtures/report-base.js';
import { loadedProgram, objectOf, ranKernel, rejectedProgram, returnRange } from '../../fixtures/report-parts.js';
import { pageOf } from '../../fixtures/reporting.js';

const reason = 'fixed in the next release';
const refused = (expected: ProgramExpectation, optional = false): ProgramReport => ({
  ...rejectedProgram('lsm/file_open', returnRange('logs/6.12/file_open.log')),
  optional,
  expected,
});
const holds = refused({ expect: 'fails', code: 'VERIFIER_REJECTED', reason, outcome: 'holds' });
const other = refused({ expect: 'fails', code: 'HELPER_UNSUPPORTED', reason, outcome: 'other-code' });
const optional = refused({ expect: 'optional', reason }, true);

/** The object without the program passes, as verdict/ has it. */
function reportWith(program: ProgramReport, passes = true): RunReport {
  const failed = objectOf('aegis', [program, loadedProgram('lsm/socket_bind')]);
  const partial = { withoutPrograms: ['file_open'], withoutMaps: [], load: { kind: 'loaded' } } as const;
  const object: ObjectReport = { ...failed, partial, ...(passes ? { verdict: { kind: 'pass' } } : {}) };
  const kernel = ranKernel('6.12', '6.12.1', [object]);
  return run([{ ...kernel, verdict: object.verdict }], passes ? 0 : 1);
}

const texts = (report: RunReport): readonly string[] => [
  runPage(report, pageOf(120)).join('\n'),
  renderMarkdown(report),
  renderJunit(junitOf(report)),
];

describe('a failure that was expected', () => {
  it('is in every report, with its reason, and counted apart', () => {
    const [page = '', summary = '', junit = ''] = texts(reportWith(holds));
    for (const text of [page, summary, junit]) expect(text).toContain(`expected to fail: ${reason}`);
    for (const text of [page, summary]) expect(text).toContain('1 ok, 1 failed as expected');
    expect(page).toMatch(/file_open +xfail\n/);
    expect(page).toMatch(/whole object +part\n/);
    expect(page).not.toMatch(/^Failures/m);
    expect(junit).toContain('failures="0"');
    expect(junit).toMatch(/<skipped message="in part: it loads without file_open"/);
  });

  it('with another code is a failure that says so', () => {
    for (const text of texts(reportWith(other, false)))
      expect(text).toContain(`expected to fail with HELPER_UNSUPPORTED, and not with this: ${reason}`);
  });

  it('that is optional is one of the optional ones', () => {
    const [page = '', , junit = ''] = texts(reportWith(optional));
    expect(page).toContain('1 ok, 1 optional missing');
    for (const text of [page, junit]) expect(text).toContain(`optional here: ${reason}`);
  });
});

describe('-x', () => {
  const halts = (program: ProgramReport): boolean => {
    const stop = new FirstFailure();
    stop.onEvent({ type: 'program-judged', kernel: '6.12', object: 'aegis', program });
    return stop.halted();
  };

  it('stops at what counts, and not at what was expected', () => {
    expect([holds, optional, other].map(halts)).toEqual([false, false, true]);
  });
});
