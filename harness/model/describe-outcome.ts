// SPDX-License-Identifier: Apache-2.0
import { assertNever } from './assert-never.js';
import type { AttemptOutcome, Expected } from './scenario-evidence.js';
import { errnoName } from './errno.js';

const signals: Readonly<Record<number, string>> = { 2: 'SIGINT', 9: 'SIGKILL', 11: 'SIGSEGV', 15: 'SIGTERM' };

/** An outcome for a person: `EPERM`, `succeeded`, `killed by SIGTERM`. */
export function describeOutcome(outcome: AttemptOutcome): string {
  switch (outcome.kind) {
    case 'returned':
      return outcome.errno === 0 ? 'succeeded' : errnoName(outcome.errno);
    case 'signalled':
      return `killed by ${signalName(outcome.signal)}`;
    case 'timed-out':
      return 'did not end in time';
    case 'not-arranged':
      return `could not be tried: ${outcome.detail}`;
    case 'absent':
      return `not on this kernel: ${outcome.detail}`;
    default:
      return assertNever(outcome);
  }
}

export function describeExpected(expected: Expected): string {
  if (expected.kind === 'signalled') return `killed by ${signalName(expected.signal)}`;
  return expected.errno === 0 ? 'success' : errnoName(expected.errno);
}

export function outcomeMeets(outcome: AttemptOutcome, expected: Expected): boolean {
  if (outcome.kind === 'returned') return expected.kind === 'returned' && outcome.errno === expected.errno;
  return outcome.kind === 'signalled' && expected.kind === 'signalled' && outcome.signal === expected.signal;
}

const refusals: ReadonlySet<number> = new Set([1, 13]);

/** With EPERM or EACCES, by whomever. */
export function isRefused(outcome: AttemptOutcome): outcome is Extract<AttemptOutcome, { kind: 'returned' }> {
  return outcome.kind === 'returned' && refusals.has(outcome.errno);
}

function signalName(signal: number): string {
  return signals[signal] ?? `signal ${signal}`;
}
