// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { RanKernel, Reused, RunReport } from '../../../model/report.js';
import { identityProperties } from '../../../report/views/identity.js';
import { kernelTime, reusedTotals } from '../../../report/views/totals.js';
import { runSchema } from '../../../results/schema.js';
import { judgeKernel } from '../../../verdict/judge-kernel.js';
import { loading, machine } from '../../fixtures/evidence-session.js';
import { ranKernel } from '../../fixtures/report-parts.js';
import { allPass } from '../../fixtures/reports.js';

const since = '2026-11-28T19:03:11.000Z';
const later = '2026-11-28T20:00:00.000Z';
const inPart: Reused = { sessions: 5, of: 6, since, inPart: { sessions: 1, anew: ['ptrace'] } };
const whole: Reused = { sessions: 6, of: 6, since: later };

const kernelWith = (reused: Reused | undefined): RanKernel => ({ ...ranKernel('6.12', '6.12.1', []), reused });
const reportWith = (...all: readonly (Reused | undefined)[]): RunReport => ({
  ...allPass(),
  kernels: all.map(kernelWith),
});

describe('what is of earlier runs', () => {
  it('is counted with its date, what was asked anew by its class', () => {
    expect(
      reusedTotals(reportWith(inPart, whole, { ...inPart, inPart: { sessions: 2, anew: ['file', 'ptrace'] } })),
    ).toEqual([
      '16 of 18 sessions reused: they passed since 2026-11-28 19:03 UTC, and nothing they depend on has changed (--fresh asks anew)',
      '3 of 18 sessions reused in part: attempts of ptrace, file were made anew, with the agent and the policy of all classes',
    ]);
    expect(reusedTotals(reportWith(whole, undefined))).toHaveLength(1);
    expect(reusedTotals(reportWith(undefined))).toEqual([]);
  });

  it('is in the line and in the properties of its kernel', () => {
    expect(kernelTime({ ...kernelWith(inPart), ms: 0 })).toMatch(/, 5 and 1 in part of 6 sessions reused$/);
    expect(kernelTime(kernelWith(whole))).toBe('reused');
    const propertyOf = (reused: Reused) =>
      identityProperties(kernelWith(reused), allPass()).find(([name]) => name === 'sessions.reused')?.[1];
    expect(propertyOf(inPart)).toBe(`5 of 6, and 1 but for ptrace, since ${since}`);
    expect(propertyOf(whole)).toBe(`6 of 6, since ${later}`);
  });

  it('is in run.json, and reads back', () => {
    const report = reportWith(inPart);
    expect(runSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(JSON.parse(JSON.stringify(report)));
  });

  it('is counted over the machines of all environments', () => {
    const sessions = { all: 3, reused: 2, since, inPart: 1, anew: ['ptrace' as const] };
    const environments = [
      { ...machine('lsm', []), sessions },
      { ...machine('no-lsm', []), sessions: { all: 2, reused: 2, since: later } },
    ];
    const judged = judgeKernel({ kind: 'session', session: loading(), scenarios: environments }, []);
    expect(judged).toMatchObject({ reused: { sessions: 4, inPart: { sessions: 1, anew: ['ptrace'] }, of: 6, since } });
  });
});
