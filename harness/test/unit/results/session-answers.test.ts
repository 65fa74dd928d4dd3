// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { SessionAnswer } from '../../../model/session-answer.js';
import { SessionAnswers } from '../../../results/session-answers.js';

const answers = (...given: readonly (readonly [kernel: string, Partial<SessionAnswer>])[]): SessionAnswers => {
  const all = new SessionAnswers();
  const pass = { session: 'load', inputs: null, outcome: 'pass', codes: [], since: null, ms: 0 } as const;
  for (const [kernel, one] of given) all.onEvent({ type: 'session-ended', kernel, answer: { ...pass, ...one } });
  return all;
};

it('measures the last time that each session was asked', () => {
  const { times } = answers(
    ['6.1', { ms: 5 }],
    ['6.12', { ms: 7 }],
    ['6.1', { session: 'lsm', ms: 9 }],
    ['6.1', { ms: 6 }],
  );
  expect(times).toEqual(
    new Map([
      ['6.1', new Map(Object.entries({ load: 6, lsm: 9 }))],
      ['6.12', new Map([['load', 7]])],
    ]),
  );
});

it.each([
  ['was answered in an earlier run', { since: '2026-01-01T00:00:00.000Z' }],
  ['had a machine that broke', { outcome: 'infra' }],
] as const)('measures nothing of one that %s', (_, change) => {
  const all = answers(['6.1', { ms: 5, ...change }]);
  expect(all.times).toEqual(new Map());
  expect(all.all.get('6.1')).toHaveLength(1);
});
