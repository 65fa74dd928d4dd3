// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegis } from '../../../contracts/aegis/index.js';
import { lastReported } from '../../../scenarios/last-attempt.js';
import type { ScenarioAttempt } from '../../../scenarios/phases.js';

/** One that an event must report, unless it has no pattern. */
function attempt(name: string, pid: number, patterns: ScenarioAttempt['patterns'] = [{ always: {}, anyOf: [] }]) {
  const operation = `open /t/${name}`;
  const done = { operation, pid, outcome: { kind: 'returned', errno: 1 } } as const;
  return { class: 'file', scenario: { name }, attempt: done, neighbour: null, patterns } as unknown as ScenarioAttempt;
}

const attempts = [attempt('a', 11), attempt('b', 12), attempt('allowed', 13, []), attempt('c', 14)];
const event = (pid: number) => ({ type: 'block', pid });
const names = (events: readonly { type: string; pid: number }[]) => {
  const { reported, next } = lastReported(attempts, events, aegis.events);
  return [reported?.scenario, next?.scenario];
};

describe('where an agent stood', () => {
  it.each([
    { events: [event(11)], stood: ['a', 'b'] },
    { events: [event(11), event(12)], stood: ['b', 'c'] },
    { events: [event(14)], stood: ['c', undefined] },
    { events: [], stood: [undefined, 'a'] },
    { events: [event(99)], stood: [undefined, 'a'] },
    { events: [{ type: 'exec', pid: 12 }], stood: [undefined, 'a'] },
  ])('$events: $stood', ({ events, stood }) => {
    expect(names(events)).toEqual(stood);
  });
});
