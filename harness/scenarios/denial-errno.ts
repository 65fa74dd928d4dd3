// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import type { Agent } from '../model/agent.js';
import type { DenialErrno } from '../model/dialect.js';
import type { AttemptOutcome, Expected } from '../model/scenario-evidence.js';

const { EPERM } = constants.errno;

/** The errno by which this agent denies, by its name. */
export function denialErrnoOf({ dialect }: Agent): DenialErrno {
  return dialect?.denial ?? 'EPERM';
}

/** What is expected of an agent of the contract, of this one: its errno in place of EPERM. */
export function expectedOf(agent: Agent, expected: Expected): Expected {
  if (expected.kind !== 'returned' || expected.errno !== EPERM) return expected;
  return { kind: 'returned', errno: constants.errno[denialErrnoOf(agent)] };
}

export function isDenied(agent: Agent, outcome: AttemptOutcome): boolean {
  return outcome.kind === 'returned' && outcome.errno === constants.errno[denialErrnoOf(agent)];
}
