// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../model/exit-code.js';
import type { HistoryLine } from '../../../model/history.js';
import type { SessionAnswer } from '../../../model/session-answer.js';
import { flakesOf, withFlakes } from '../../../verdict/flakes.js';
import { answered, historyKernel, historyLine } from '../../fixtures/history.js';
import { allPass, rejectedOn612 } from '../../fixtures/reports.js';

const failed = { outcome: 'fail', codes: ['ENFORCEMENT_LEAK'] } as const;

function runOn(day: number, session: Partial<SessionAnswer>, more: Partial<HistoryLine> = {}): HistoryLine {
  return historyLine(day, {
    kernels: [historyKernel({ sessions: [answered({ session: 'lsm', ...session })] })],
    ...more,
  });
}

describe('the same inputs', () => {
  it('with another verdict are a flake, whichever came first', () => {
    expect(flakesOf(runOn(2, {}), [runOn(1, failed)])).toEqual([
      {
        kernel: '6.12',
        session: 'lsm',
        inputs: 'aa00',
        now: 'pass',
        before: 'fail ENFORCEMENT_LEAK',
        on: '2026-11-01T10:00:00.000Z',
      },
    ]);
    expect(flakesOf(runOn(2, failed), [runOn(1, {})])).toHaveLength(1);
    expect(flakesOf(runOn(2, { ...failed, codes: ['FALSE_BLOCK'] }), [runOn(1, failed)])).toHaveLength(1);
  });

  it('with the same verdict are none', () => {
    expect(flakesOf(runOn(2, failed), [runOn(1, failed)])).toEqual([]);
    expect(flakesOf(runOn(2, {}), [runOn(1, {})])).toEqual([]);
  });

  it('are forgotten after ten answers that were asked for, and not by answers that were reused', () => {
    const since = '2026-11-02T10:00:00.000Z';
    const passes = (count: number, more: Partial<SessionAnswer> = {}): readonly HistoryLine[] =>
      Array.from({ length: count }, (_, at) => runOn(at + 2, more));
    expect(flakesOf(runOn(20, {}), [runOn(1, failed), ...passes(9)])).toHaveLength(1);
    expect(flakesOf(runOn(20, {}), [runOn(1, failed), ...passes(10)])).toEqual([]);
    expect(flakesOf(runOn(20, { since }), [runOn(1, failed), ...passes(1), ...passes(12, { since })])).toHaveLength(1);
  });
});

describe('nothing is a flake', () => {
  it.each([
    ['of other inputs', runOn(1, { ...failed, inputs: 'bb00' })],
    ['of other judges or expectations', runOn(1, failed, { judge: 'judge-2' })],
    ['of a machine that broke', runOn(1, { outcome: 'infra', codes: ['HOST_PAUSED'] })],
    ['of a session that was not asked for everything', runOn(1, { outcome: 'open' })],
  ])('%s', (_, before) => {
    expect(flakesOf(runOn(2, {}), [before])).toEqual([]);
  });

  it('where inputs or judges are not known', () => {
    expect(flakesOf(runOn(2, { inputs: null }), [runOn(1, { ...failed, inputs: null })])).toEqual([]);
    expect(flakesOf(runOn(2, {}, { judge: null }), [runOn(1, failed, { judge: null })])).toEqual([]);
  });
});

describe('a run with a flake', () => {
  const flakes = flakesOf(runOn(2, {}), [runOn(1, failed)]);

  it('fails with FLAKY, which names session, verdicts and date', () => {
    const { findings, exitCode } = withFlakes(allPass(), flakes);
    expect(exitCode).toBe(ExitCode.incompatible);
    expect(findings).toEqual([
      {
        verdict: { kind: 'fail', stage: 'run', code: 'FLAKY' },
        message:
          '6.12: the same inputs with another verdict: lsm is pass, and was fail ENFORCEMENT_LEAK on 2026-11-01T10:00:00.000Z',
      },
    ]);
  });

  it('that fails by itself keeps its failure', () => {
    const report = rejectedOn612();
    expect(withFlakes(report, flakes).kernels).toEqual(report.kernels);
    expect(withFlakes(report, []).findings).toBe(report.findings);
  });
});
