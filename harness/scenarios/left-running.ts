// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { StartRequest } from '../contracts/proof.js';
import type { LifeEvidence } from '../model/scenario-evidence.js';
import { runAttempt } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import type { ScenarioAttempt } from './phases.js';
import { rowSecret } from './posture.js';
import type { Started, Stop } from './started.js';

/*
 * Stopping an agent with many links at LSM hooks takes the kernel seconds, one link after the other, in which nothing
 * runs. So an agent is not stopped because a phase is over: it runs on, for a proof that wants the same start, until
 * another start is wanted, or until its guest is thrown away.
 */

/** An agent that runs on after its phase. */
export interface LeftRunning {
  readonly started: Started;
  readonly request: StartRequest;
  /** Under which its life is recorded once that is over, or looked at by another phase. */
  readonly scenario: string;
  readonly attempts: readonly ScenarioAttempt[];
}

/** Milliseconds within which an agent that writes its events as they come has written the last one. */
const flushedWithin = 2_000;

/**
 * All that it has to report of what was tried is in its output: records are read in the order in which they were made, and
 * one of a last attempt is there. False for an agent of which that cannot be known; it writes the rest when it is stopped.
 */
export async function hasReportedAll({ guest }: GuestSession, started: Started): Promise<boolean> {
  if (started.comingUp.kind !== 'announced' || started.pid === null) return false;
  if (started.given.policy?.includes(rowSecret) !== true) return false;
  const { pid } = await runAttempt(guest, ['open', rowSecret, 'r']);
  return started.reports(pid, flushedWithin);
}

/** Are both the same start: the same command line, policy and environment? */
export function isSameStart(one: StartRequest, other: StartRequest): boolean {
  return one.more === undefined && other.more === undefined && isDeepStrictEqual(whole(one), whole(other));
}

/** What is not given is as if nothing were. */
function whole({ options, policy, env = {} }: StartRequest): StartRequest {
  return { options, policy, env };
}

/** What its end says about how it lived. */
export function lifeUntil(stop: Stop, last: Pick<Extract<LifeEvidence['life'], { kind: 'ended' }>, 'last'>) {
  if (stop.kind === 'stopped') return { kind: 'running' } as const;
  return stop.kind === 'ended' ? { ...stop, ...last } : stop;
}
