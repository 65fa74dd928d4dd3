// SPDX-License-Identifier: Apache-2.0
import type { StartRequest } from '../contracts/proof.js';
import type { CheckCode } from '../model/check.js';
import type { ComingUp } from '../model/scenario-evidence.js';
import type { GuestSession } from './guest-session.js';
import { probePrograms, runProbe } from './probe.js';
import { describeEnding, describeProcessEnd, lastOutputLines } from './process-end.js';
import type { Started } from './started.js';
import { unattachedHooks } from './unattached.js';

/** Milliseconds until a traced process that has nothing to do has ended. */
const tracedTimeout = 60_000;

/** The agent does not come up at all here, which is recorded: nothing else in this environment can be looked at. */
export class AgentNotStarted extends Error {}

/**
 * Looks once more at an agent that has never come up here and announced nothing, with no rules and no options: one that
 * even then does not come up is recorded as that, once, and AgentNotStarted is thrown. Where it does, what it was asked
 * before is at fault.
 */
export async function comesUpAtAll(session: GuestSession, start: (request: StartRequest) => Promise<Started>) {
  const plain = await start({ options: {}, policy: session.policy(1, []) });
  const { comingUp } = plain;
  const claim = await plain.claim();
  if (plain.pid !== null) await plain.stop();
  if (comingUp.kind === 'announced' || claim.announced !== null) return;
  session.claim('posture', 'the agent', {
    check: 'it starts',
    blames: 'AGENT_NOT_STARTED',
    holds: false,
    expected: `a state is announced, with ${session.contract.policy === null ? '' : 'no rules and '}all options at their defaults`,
    actual: describeNotUp(comingUp, ''),
    ...unattachedHooks(claim, session.contract),
  });
  throw new AgentNotStarted();
}

/** Is it up? One that is not is recorded, and ended if it still runs: nothing else in its phase can be looked at. */
export async function checkUp(session: GuestSession, phase: string, started: Started): Promise<boolean> {
  if (started.comingUp.kind === 'announced') return true;
  recordNotUp(session, phase, started.comingUp);
  if (started.pid !== null) await session.end(started, phase);
  return false;
}

/** Can a process start that the agent looks at? Without, nothing else in its phase can be looked at; it is then ended. */
export async function checkTraced(session: GuestSession, phase: string, started: Started): Promise<boolean> {
  const { enroll } = session.runner;
  if (enroll.length === 0) return true;
  const program = probePrograms.attempt;
  const { end, stderr } = await runProbe(session.guest, { program, args: ['batch'], enroll, timeout: tracedTimeout });
  if (end.kind === 'exited' && end.status === 0) return true;
  session.claim('posture', phase, {
    check: 'a traced process starts',
    blames: 'OBSERVER_DENIED',
    holds: false,
    expected: 'it starts, as without the agent',
    actual: `${describeProcessEnd(end)}: ${lastOutputLines(stderr).join(' ')}`,
    attempt: [...enroll, 'attempt', 'batch'].join(' '),
  });
  await session.end(started, phase);
  return false;
}

type NotUp = Exclude<ComingUp, { kind: 'announced' }>;

function describeNotUp(comingUp: NotUp, ended: string): string {
  return comingUp.kind === 'silent' ? `nothing within ${comingUp.ms / 1000} s` : `${ended}${describeEnding(comingUp)}`;
}

function recordNotUp(session: GuestSession, phase: string, comingUp: NotUp): void {
  session.claim('posture', phase, {
    check: 'comes up',
    blames: blameFor(comingUp),
    holds: false,
    expected: 'a state is announced',
    actual: describeNotUp(comingUp, 'it gave up: '),
  });
}

function blameFor(comingUp: NotUp): CheckCode {
  if (comingUp.kind === 'silent') return 'AGENT_HUNG';
  return comingUp.status === null ? 'AGENT_DIED' : 'POSTURE_DISHONEST';
}
