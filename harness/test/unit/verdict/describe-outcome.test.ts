// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { Expected } from '../../../model/scenario-evidence.js';
import { describeExpected, outcomeMeets, describeOutcome } from '../../../model/describe-outcome.js';
import { everyOutcome, killedBy } from '../../fixtures/evidence.js';

it.each([
  [{ kind: 'returned', errno: 0 }, 'succeeded'],
  [{ kind: 'returned', errno: 1 }, 'EPERM'],
  [{ kind: 'returned', errno: 13 }, 'EACCES'],
  [killedBy(9), 'killed by SIGKILL'],
  [killedBy(31), 'killed by signal 31'],
  [{ kind: 'timed-out' }, 'did not end in time'],
  [{ kind: 'not-arranged', detail: 'a page' }, 'could not be tried: a page'],
  [{ kind: 'absent', detail: 'openat2' }, 'not on this kernel: openat2'],
] as const)('%j is said as %s', (outcome, words) => {
  expect(describeOutcome(outcome)).toBe(words);
});

it('says what is expected, a success too', () => {
  expect(describeExpected({ kind: 'returned', errno: 0 })).toBe('success');
  expect(describeExpected({ kind: 'returned', errno: 1 })).toBe('EPERM');
  expect(describeExpected({ kind: 'signalled', signal: 15 })).toBe('killed by SIGTERM');
});

it('an outcome meets itself as an expectation, and no other', () => {
  const expectations = everyOutcome.filter(
    (one): one is Expected => one.kind === 'returned' || one.kind === 'signalled',
  );
  for (const outcome of everyOutcome) {
    for (const expected of expectations) expect(outcomeMeets(outcome, expected)).toBe(outcome === expected);
  }
  // Signal 1 and errno 1 have nothing to do with each other.
  expect(outcomeMeets({ kind: 'returned', errno: 1 }, { kind: 'signalled', signal: 1 })).toBe(false);
  expect(outcomeMeets({ kind: 'signalled', signal: 1 }, { kind: 'returned', errno: 1 })).toBe(false);
});
