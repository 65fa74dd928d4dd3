// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegis } from '../../../contracts/aegis/index.js';
import { checkClasses, checkCodes } from '../../../model/check.js';
import type { LastReported, LifeEvidence, RecordsEvidence, WatchEvidence } from '../../../model/scenario-evidence.js';
import { judgeScenarios } from '../../../verdict/judge-scenarios.js';
import { allowed, codes, denial, uncovered, verdicts } from '../../fixtures/evidence.js';
import { posture } from '../../fixtures/evidence-posture.js';

const about = { environment: 'lsm', scenario: 'a new policy without a gap' } as const;

describe('a watch', () => {
  const watch = (more: Partial<WatchEvidence>): WatchEvidence => ({
    kind: 'watch',
    class: 'restart',
    ...about,
    blames: 'ENFORCEMENT_LEAK',
    check: 'no gap',
    announced: true,
    opened: 0,
    denied: 1_000,
    ...more,
  });

  it('passes when many opens were tried and none got through', () => {
    expect(verdicts(watch({}))).toEqual({ 'no gap': 'pass' });
    expect(verdicts(watch({ denied: 1 }))).toEqual({ 'no gap': 'pass' });
  });

  it.each(['ENFORCEMENT_LEAK', 'POSTURE_DISHONEST'] as const)('is %s when a single one does', (blames) => {
    expect(codes(watch({ blames, opened: 1, denied: 100_000 }))).toEqual([blames]);
    expect(codes(watch({ blames, opened: 1, denied: 0 }))).toEqual([blames]);
  });

  it('proves nothing when nothing was tried, or nothing promised', () => {
    expect(codes(watch({ denied: 0 }))).toEqual(['CONTROL_FAILED']);
    expect(codes(watch({ announced: false }))).toEqual(['CONTROL_FAILED']);
  });
});

describe('a claim', () => {
  it.each(checkCodes)('that does not hold is %s', (blames) => {
    const claim = {
      kind: 'claim',
      class: 'restart',
      ...about,
      check: 'it',
      blames,
      expected: 'a',
      actual: 'b',
    } as const;
    expect(verdicts({ ...claim, holds: true })).toEqual({ it: 'pass' });
    expect(verdicts({ ...claim, holds: false })).toEqual({ it: blames });
  });
});

describe('raw records', () => {
  const records = (more: Partial<RecordsEvidence>): RecordsEvidence => ({
    kind: 'records',
    class: 'records',
    ...about,
    records: 6,
    atLeast: 6,
    dirty: [],
    ...more,
  });

  it('are clean, or have a dirty tail', () => {
    expect(codes(records({}))).toEqual([]);
    expect(codes(records({ records: 60 }))).toEqual([]);
    expect(codes(records({ dirty: ['record of 80 bytes: 11 bytes of comm, from offset 37'] }))).toEqual([
      'EVENT_DIRTY_TAIL',
    ]);
  });

  it('prove nothing when there are too few of them', () => {
    for (const count of [0, 5]) expect(codes(records({ records: count }))).toEqual(['CONTROL_FAILED']);
  });

  it('tell a few of many', () => {
    const dirty = Array.from({ length: 50 }, (_, n) => `record ${n}`);
    const [check] = judgeScenarios([records({ dirty })], aegis);
    expect(check?.outcome).toMatchObject({ actual: 'record 0' });
    expect(check?.outcome.kind === 'fail' && check.outcome.evidence).toHaveLength(5);
  });
});

describe('a life', () => {
  const life = (one: LifeEvidence['life']): LifeEvidence => ({ kind: 'life', class: 'posture', ...about, life: one });

  it('goes on until it is told to end', () => {
    expect(verdicts(life({ kind: 'running' }))).toEqual({ alive: 'pass' });
    expect(verdicts(life({ kind: 'ended', end: 'exit 0', output: [] }))).toEqual({ alive: 'AGENT_DIED' });
    expect(verdicts(life({ kind: 'ended', end: 'killed by signal 6', output: ['abort'] }))).toEqual({
      alive: 'AGENT_DIED',
    });
    expect(verdicts(life({ kind: 'hung', ms: 10_000 }))).toEqual({ alive: 'AGENT_HUNG' });
  });

  it('that ends says where the agent stood', () => {
    const name = (scenario: string) => ({ class: 'file' as const, scenario, operation: `open /t/${scenario}` });
    const evidenceOf = (last: LastReported) => {
      const [check] = judgeScenarios([life({ kind: 'ended', end: 'exit 1', output: ['gone'], last })], aegis);
      return check?.outcome.kind === 'fail' ? check.outcome.evidence : [];
    };
    expect(evidenceOf({ reported: name('a'), next: name('b') })).toEqual([
      'the last attempt that it reported: file: a (open /t/a)',
      'the next that it should have reported: file: b (open /t/b)',
      'gone',
    ]);
    expect(evidenceOf({ reported: null, next: null })).toEqual(['it has reported no attempt', 'gone']);
  });
});

describe('lines of events', () => {
  const lines = { kind: 'event-lines', class: 'posture', ...about, lines: 4 } as const;

  it('are events of the contract, all of them', () => {
    expect(codes({ ...lines, bad: [] })).toEqual([]);
    expect(codes({ ...lines, bad: ['not a JSON object: hello'] })).toEqual(['EVENT_WRONG']);
  });
});

describe('what is not offered', () => {
  it.each(['agent', 'kernel'] as const)('by the %s is told as that, and as nothing else', (by) => {
    const one = { kind: 'not-offered', class: 'file', ...about, by, detail: 'it has no deny_path rules' } as const;
    expect(judgeScenarios([one], aegis)).toEqual([
      {
        class: 'file',
        ...about,
        check: 'offered',
        attempt: null,
        outcome: { kind: 'not-offered', by, detail: one.detail },
      },
    ]);
  });
});

describe('many pieces of evidence', () => {
  it('give their checks in order, each where it belongs', () => {
    const all = [denial(), allowed({ scenario: 'exempt' }), uncovered({ scenario: 'chmod' }), posture('ENFORCE')];
    const checks = judgeScenarios(all, aegis);
    expect([...new Set(checks.map(({ scenario }) => scenario))]).toEqual([
      'open for reading',
      'exempt',
      'chmod',
      'ENFORCE',
    ]);
    expect(checks.every(({ class: name }) => checkClasses.includes(name))).toBe(true);
    expect(judgeScenarios([], aegis)).toEqual([]);
  });
});
