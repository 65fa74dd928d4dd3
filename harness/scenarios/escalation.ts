// SPDX-License-Identifier: Apache-2.0
import type { EscalationProof } from '../contracts/proof.js';
import { describeExpected, describeOutcome } from '../model/describe-outcome.js';
import type { Attempted, RawEvent } from '../model/scenario-evidence.js';
import { makeGuestFolder } from './arrangement.js';
import { arrangeAttempts, runAttempt } from './attempts.js';
import { denialErrnoOf, isDenied } from './denial-errno.js';
import type { GuestSession } from './guest-session.js';
import { checkUp } from './comes-up.js';

const secret = '/t/escalation/secret';

/** A process is warned by one signal until its Nth violation, and then ended by another. */
export async function proveEscalation(session: GuestSession, proof: EscalationProof): Promise<void> {
  const { guest } = session;
  const { scenario, options } = proof;
  await makeGuestFolder(guest, '/t/escalation');
  await arrangeAttempts(guest, [['write', secret, 'Secret words']]);
  const policy = session.policy(1, [{ deny_path: [secret] }]);
  await session.phase(scenario, async () => {
    const started = await session.start({ options, policy });
    if (!(await checkUp(session, scenario, started))) return;
    const violations = {
      defiant: await runAttempt(guest, ['defiant', secret]),
      once: await runAttempt(guest, ['open', secret, 'r']),
      often: await runAttempt(guest, ['stubborn', '10', secret]),
    };
    if (!(await session.end(started, scenario))) return;
    recordViolations(session, proof, violations);
    recordActions(session, proof, violations.often, (await started.events()).events);
  });
}

interface Violations {
  /** One open by a process that ignores TERM. */
  readonly defiant: Attempted;
  readonly once: Attempted;
  /** More opens than it takes, by a process that ignores TERM. */
  readonly often: Attempted;
}

function recordViolations(
  session: GuestSession,
  { class: name, scenario, first, last, threshold }: EscalationProof,
  { defiant, once, often }: Violations,
): void {
  const recordSignal = (check: string, { outcome }: Attempted, signal: number): void => {
    session.claim(name, scenario, {
      check,
      blames: 'WRONG_SIGNAL',
      holds: outcome.kind === 'signalled' && outcome.signal === signal,
      expected: describeExpected({ kind: 'signalled', signal }),
      actual: describeOutcome(outcome),
    });
  };
  recordSignal('the first violation', once, first);
  recordSignal(`violation ${threshold} of a process that ignores TERM`, often, last);
  const { outcome } = defiant;
  session.claim(name, scenario, {
    check: 'denied to a process that ignores TERM',
    blames: 'ENFORCEMENT_LEAK',
    holds: isDenied(session.agent, outcome),
    expected: denialErrnoOf(session.agent),
    actual: describeOutcome(outcome),
  });
}

function recordActions(
  session: GuestSession,
  { class: name, scenario, actions: wanted }: EscalationProof,
  { pid }: Attempted,
  events: readonly RawEvent[],
): void {
  const reader = session.contract.events;
  const actions = events.filter((event) => event['pid'] === pid && reader.isAboutAttempt(event)).map(reader.actionOf);
  session.claim(name, scenario, {
    check: 'events',
    blames: 'EVENT_WRONG',
    holds: JSON.stringify(actions) === JSON.stringify(wanted),
    expected: wanted.join(', '),
    actual: actions.join(', ') || 'none',
  });
}
