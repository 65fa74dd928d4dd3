// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { CheckClass } from '../../../../model/check.js';
import type { ScenarioEvidence } from '../../../../model/scenario-evidence.js';
import { joinClasses, type PartedEvidence } from '../../../../run/reuse/join-classes.js';
import type { ClassPart } from '../../../../scenarios/class-parts.js';

const environment = 'lsm' as const;
const claim = (of: CheckClass, scenario: string, check: string, actual: string): ScenarioEvidence => ({
  kind: 'claim',
  ...{ class: of, environment, scenario, check, actual },
  ...{ blames: 'CONTROL_FAILED', holds: true, expected: '' },
});
/** Stands for what came of an attempt. */
const attempt = (of: CheckClass, scenario: string, actual: string) => claim(of, scenario, 'denied', actual);
const phase = (scenario: string, actual: string) => claim('posture', scenario, 'alive', actual);
const log = (scenario: string, text: string): ScenarioEvidence => ({
  kind: 'kernel-log',
  class: 'posture',
  environment,
  scenario,
  records: [{ level: 6, text }],
});
const part = (of: CheckClass, names: readonly string[], proof = 1): ClassPart => ({
  class: of,
  proof,
  reported: names.map((name) => [of, name]),
});

const earlier: PartedEvidence = {
  evidence: [
    log('controls', 'old'),
    phase('enforce', 'old'),
    log('enforce', 'old'),
    phase('records', 'old'),
    attempt('file', 'open', 'old'),
    attempt('ptrace', 'attach', 'old'),
    attempt('ptrace', 'seize', 'old'),
    attempt('network', 'connect', 'old'),
    log('enforce', 'old, stopping'),
  ],
  parts: [part('file', ['open']), part('ptrace', ['attach', 'seize']), part('network', ['connect'])],
};
const anew: PartedEvidence = {
  evidence: [
    log('controls', 'new'),
    phase('enforce', 'new'),
    log('enforce', 'new'),
    attempt('ptrace', 'attach', 'new'),
    attempt('ptrace', 'traceme', 'new'),
  ],
  parts: [part('file', []), part('ptrace', ['attach', 'traceme']), part('network', [])],
};
const join = (fresh = anew, before = earlier) => joinClasses(before, fresh, new Set(['ptrace']));

describe('a class that was asked anew', () => {
  it('stands where it stood, as it is now; of phases what was seen now; the rest as it was', () => {
    expect(join()).toEqual([
      log('controls', 'new'),
      phase('enforce', 'new'),
      log('enforce', 'new'),
      phase('records', 'old'),
      attempt('file', 'open', 'old'),
      attempt('ptrace', 'attach', 'new'),
      attempt('ptrace', 'traceme', 'new'),
      attempt('network', 'connect', 'old'),
    ]);
  });

  it('that has no scenario any more is gone', () => {
    const { evidence } = anew;
    const none = { evidence: evidence.filter((one) => one.class !== 'ptrace'), parts: [part('ptrace', [])] };
    expect(join(none)?.filter((one) => one.class === 'ptrace')).toEqual([]);
  });

  it('stands in each of its proofs', () => {
    const signal = part('ptrace', ['term'], 3);
    const before = {
      evidence: [...earlier.evidence, attempt('ptrace', 'term', 'old')],
      parts: [...earlier.parts, signal],
    };
    const fresh = {
      evidence: [...anew.evidence, attempt('ptrace', 'term', 'new')],
      parts: [...anew.parts, signal],
    };
    expect(join(fresh, before)?.at(-1)).toEqual(attempt('ptrace', 'term', 'new'));
  });
});

describe('no answer', () => {
  it.each<[string, ScenarioEvidence]>([
    ['a phase that there was not', phase('enforce: only deny_ptrace', 'new')],
    ['another question about one', claim('posture', 'enforce', 'comes up', 'new')],
    ['another kind of evidence about one', { ...log('enforce', 'x'), kind: 'event-lines', lines: 1, bad: [] } as never],
    ['an attempt of a class that was not asked', attempt('file', 'creat', 'new')],
  ])('comes of %s: it has no place', (_, more) => {
    expect(join({ ...anew, evidence: [...anew.evidence, more] })).toBeNull();
  });

  it('comes of a class that had no scenario before', () => {
    const before = { evidence: earlier.evidence.filter((one) => one.class !== 'ptrace'), parts: [part('ptrace', [])] };
    expect(join(anew, before)).toBeNull();
  });
});
