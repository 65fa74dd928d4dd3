// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { auditEvents } from '../../../contracts/audit/event-reader.js';
import type { CheckOutcome } from '../../../model/check.js';
import type { Attempted, ObservationEvidence, RawEvent, ReportedAttempt } from '../../../model/scenario-evidence.js';
import { judgeObservation } from '../../../verdict/judge-observation.js';

const attempt = (pid: number, errno = 0): Attempted => ({
  operation: 'open /t/observe/file/plain r',
  pid,
  outcome: { kind: 'returned', errno },
});
const patterns = [{ always: { type: 'file_open' }, anyOf: [{ name: 'plain', mode: 'r' }] }];
const event = { type: 'file_open', pid: 5, comm: 'attempt', name: 'plain', mode: 'r' };

const traced = (more: Partial<ReportedAttempt> = {}): ReportedAttempt => ({
  traced: true,
  attempt: attempt(5),
  patterns,
  events: [event],
  ...more,
});
const untraced = (events: readonly RawEvent[] = []): ReportedAttempt => ({
  traced: false,
  attempt: attempt(6),
  patterns: [],
  events,
});

function evidence(more: Partial<ObservationEvidence> = {}): ObservationEvidence {
  return {
    kind: 'observation',
    class: 'file',
    environment: 'lsm',
    scenario: 'open(2) for reading',
    free: { kind: 'returned', errno: 0 },
    hook: 'file_open',
    program: 'audit_open',
    control: attempt(4),
    observed: [traced(), untraced()],
    optional: false,
    ...more,
  };
}

const judged = (more: Partial<ObservationEvidence> = {}) => judgeObservation(evidence(more), auditEvents);
const outcomeOf = (check: string, more: Partial<ObservationEvidence>): CheckOutcome | undefined =>
  judged(more).find((one) => one.check === check)?.outcome;
const codes = (more: Partial<ObservationEvidence>) =>
  judged(more).flatMap(({ check, outcome }) => (outcome.kind === 'fail' ? [`${check}: ${outcome.code}`] : []));

describe('an attempt with an agent that only observes', () => {
  it('has its control, its outcome and its event, and nobody else has', () => {
    const all = judged();
    expect(all.map(({ check }) => check)).toEqual([
      'control',
      'outcome',
      'event',
      'untraced outcome',
      'untraced event',
    ]);
    expect(all.every(({ outcome }) => outcome.kind === 'pass')).toBe(true);
    expect(all[1]?.attempt).toBe('open /t/observe/file/plain r');
  });

  it('that comes out otherwise than without it is OBSERVER_DENIED, with hook and program', () => {
    const observed = [traced({ attempt: attempt(5, 1) }), { ...untraced(), attempt: attempt(6, 1) }];
    expect(codes({ observed })).toEqual(['outcome: OBSERVER_DENIED', 'untraced outcome: OBSERVER_DENIED']);
    expect(outcomeOf('outcome', { observed })).toMatchObject({
      expected: 'success, as without the agent',
      actual: 'EPERM',
      evidence: ['hook file_open, program audit_open', 'by a traced process'],
    });
  });

  it('that must fail, fails as without it', () => {
    const free = { kind: 'returned', errno: 2 } as const;
    const observed = [traced({ attempt: attempt(5, 2), patterns: [], events: [] })];
    expect(codes({ free, control: attempt(4, 2), observed })).toEqual([]);
    expect(codes({ free, control: attempt(4, 2), observed: [traced({ patterns: [], events: [] })] })).toEqual([
      'outcome: OBSERVER_DENIED',
    ]);
  });

  it('without its event is EVENT_MISSING', () => {
    const observed = [traced({ events: [] })];
    expect(codes({ observed })).toEqual(['event: EVENT_MISSING']);
    expect(outcomeOf('event', { observed })).toMatchObject({
      expected: 'one event from file_open: file_open name=plain mode=r',
      actual: 'nothing was reported',
    });
  });

  it('with another value is EVENT_WRONG, and says which', () => {
    const observed = [traced({ events: [{ ...event, mode: 'w' }] })];
    expect(outcomeOf('event', { observed })).toMatchObject({ code: 'EVENT_WRONG', actual: 'mode is "w"' });
  });

  it('with the same event twice is EVENT_WRONG', () => {
    const observed = [traced({ events: [event, event] })];
    expect(outcomeOf('event', { observed })).toMatchObject({
      code: 'EVENT_WRONG',
      actual: 'reported as file_open plain r',
    });
  });

  it('with an event where there must be none is EVENT_WRONG', () => {
    const observed = [traced({ patterns: [], events: [event, event] })];
    expect(outcomeOf('event', { observed })).toMatchObject({
      code: 'EVENT_WRONG',
      expected: 'no event from file_open',
      actual: 'reported as file_open plain r, and 1 more',
    });
  });

  it('by a process that is not traced has none', () => {
    const observed = [traced(), untraced([event])];
    expect(codes({ observed })).toEqual(['untraced event: EVENT_WRONG']);
    expect(outcomeOf('untraced event', { observed })).toMatchObject({
      expected: 'no event: process 6 and its family are not traced',
    });
  });

  it('that fails without it proves nothing', () => {
    expect(codes({ control: attempt(4, 1) })).toEqual(['control: CONTROL_FAILED']);
    expect(judged({ control: attempt(4, 1) })).toHaveLength(1);
  });

  it('that this kernel cannot make is not offered, and only where that may be', () => {
    const control = { ...attempt(4), outcome: { kind: 'absent', detail: 'openat2: ENOSYS' } } as const;
    expect(outcomeOf('control', { control, optional: true })).toMatchObject({ kind: 'not-offered', by: 'kernel' });
    expect(codes({ control })).toEqual(['control: CONTROL_FAILED']);
  });

  it('while no agent ran is unproved', () => {
    const all = judged({ observed: { missing: 'the agent did not come up (observe)' } });
    expect(all.slice(1).map(({ outcome }) => outcome.kind)).toEqual(['unproved', 'unproved']);
  });

  it('on a kernel that does not name the program says so', () => {
    const observed = [traced({ events: [] })];
    expect(outcomeOf('event', { observed, program: null })).toMatchObject({
      evidence: ['hook file_open, program unknown: the kernel does not say which'],
    });
  });
});
