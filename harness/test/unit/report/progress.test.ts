// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../model/events.js';
import type { SessionTimes } from '../../../model/session-answer.js';
import {
  advanceProgress,
  describeTimeLeft,
  noProgress,
  type RunProgress,
  runTimeLeft,
} from '../../../report/views/progress.js';
import { allPass } from '../../fixtures/reports.js';

const times: SessionTimes = new Map([
  [
    '6.1',
    new Map([
      ['load', 8000],
      ['lsm', 30_000],
    ]),
  ],
  [
    '6.12',
    new Map([
      ['load', 10_000],
      ['lsm', 34_000],
    ]),
  ],
]);

function started(kernels: readonly string[], lastTimes = times, jobs = 2): RunEvent {
  return { type: 'run-started', kernels, objects: [], jobs, lastTimes };
}
const planned = (kernel: string, ...sessions: readonly string[]): RunEvent => ({
  type: 'sessions-planned',
  kernel,
  sessions,
});
const begins = (kernel: string, session: string): RunEvent => ({ type: 'session-started', kernel, session });
function ends(kernel: string, session: string, since: string | null = null): RunEvent {
  const answer = { session, inputs: null, outcome: 'pass', codes: [], since, ms: 0 } as const;
  return { type: 'session-ended', kernel, answer };
}

/** Each event with the second in which it comes. */
function after(...events: readonly (readonly [number, RunEvent])[]): RunProgress {
  return events.reduce((progress, [second, event]) => advanceProgress(progress, event, second * 1000), noProgress);
}

describe('the time that is left', () => {
  it('is that of the longest way through the sessions, on as many places as there are', () => {
    const run = after([0, started(['6.1'])], [0, planned('6.1', 'load', 'lsm')], [0, begins('6.1', 'lsm')]);
    expect(runTimeLeft(run, 3000)).toEqual({ ms: 27_000, kind: 'about' });
    const one = after([0, started(['6.1'], times, 1)], [0, planned('6.1', 'load', 'lsm')]);
    expect(runTimeLeft(one, 0)?.ms).toBe(38_000);
  });

  it('follows the pace of the sessions that have ended, and not of those that were reused', () => {
    const begun = [
      [0, started(['6.1'], times, 1)],
      [0, planned('6.1', 'load', 'lsm')],
      [0, begins('6.1', 'load')],
    ] as const;
    expect(runTimeLeft(after(...begun, [16, ends('6.1', 'load')]), 16_000)?.ms).toBe(60_000);
    expect(runTimeLeft(after(...begun, [0.1, ends('6.1', 'load', '2026-11-28T10:00:00Z')]), 100)?.ms).toBe(30_000);
  });

  it('is at least what is known while a kernel is being fetched', () => {
    const run = after([0, started(['6.1', '6.12'])], [0, planned('6.1', 'load')]);
    expect(runTimeLeft(run, 0)).toEqual({ ms: 8000, kind: 'least' });
    expect(describeTimeLeft(run, 2500)).toBe('more than 8 s left');
  });

  it('is estimated by other kernels for one that was never asked, and by nothing where there is none', () => {
    expect(runTimeLeft(after([0, started(['7.0'])], [0, planned('7.0', 'lsm')]), 0)?.ms).toBe(30_000);
    expect(runTimeLeft(after([0, started(['7.0'])], [0, planned('7.0', 'lsm', 'lsm.2')]), 0)).toBeNull();
    expect(runTimeLeft(after([0, started(['6.1'], new Map())], [0, planned('6.1', 'load')]), 0)).toBeNull();
  });

  it('has nothing of a kernel that has ended, whatever was planned', () => {
    const [kernel] = allPass().kernels;
    const run = after(
      [0, started(['6.1'])],
      [0, planned('6.1', 'load', 'lsm')],
      [0, begins('6.1', 'load')],
      [1, ends('6.1', 'load')],
      [1, { type: 'kernel-finished', report: kernel! }],
    );
    expect([run.sessions.length, runTimeLeft(run, 1000)]).toEqual([1, null]);
  });

  it('counts a session that is asked several times each time', () => {
    const run = after(
      [0, started(['6.1'])],
      [0, planned('6.1', 'load')],
      [0, planned('6.1', 'load')],
      [0, begins('6.1', 'load')],
      [0, begins('6.1', 'load')],
      [8, ends('6.1', 'load')],
    );
    expect(run.sessions.map(({ ended }) => ended)).toEqual([8000, null]);
  });

  it.each([
    [4200, 'about 5 s left'],
    [41_000, 'about 45 s left'],
    [59_000, 'about 1 min left'],
    [125_000, 'about 2 min 10 s left'],
  ])('of %i ms is said no more exactly than it is known', (ms, text) => {
    const run = after([0, started(['6.1'], new Map([['6.1', new Map([['load', ms]])]]))], [3, planned('6.1', 'load')]);
    expect(describeTimeLeft(run, 3000)).toBe(text);
  });

  it('is not said in the first two seconds, in which all may turn out to be reused', () => {
    const run = after([0, started(['6.1'])], [0, planned('6.1', 'load')]);
    expect([describeTimeLeft(run, 1999), describeTimeLeft(run, 2000)]).toEqual(['', 'about 8 s left']);
  });
});
