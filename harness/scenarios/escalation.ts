import { arrange, runAttempt } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import type { Attempted, RawEvent } from '../model/scenario-evidence.js';
import { makeFolder, recordNotUp } from './denials.js';
import { policyText } from './policy.js';

const threshold = 3;
const sigkill = 9;
const sigterm = 15;
const scenario = 'TERM to KILL escalation';

/** On the LSM path KILL is reached by steps: TERM until the Nth violation of a process, then KILL. */
export async function proveEscalation(session: GuestSession): Promise<void> {
  if (!session.agent.signals.has('kill') || !session.agent.rules.has('deny_path')) {
    session.notOffered('signal', scenario, 'it has no signal kill, or no deny_path rules');
    return;
  }
  const secret = '/t/escalation/secret';
  await makeFolder(session.guest, '/t/escalation');
  await arrange(session.guest, [['write', secret, 'Secret words']]);
  const policy = policyText(1, [{ deny_path: [secret] }], session.agent.rules);
  await session.phase(scenario, async () => {
    const started = await session.runner.start({ mode: 'enforce', signal: 'kill', threshold, policy });
    if (started.comingUp.kind !== 'announced') {
      recordNotUp(session, scenario, started.comingUp);
      if (started.pid !== null) await session.end(started, scenario);
      return;
    }
    const violations = {
      defiant: await runAttempt(session.guest, ['defiant', secret]),
      once: await runAttempt(session.guest, ['open', secret, 'r']),
      often: await runAttempt(session.guest, ['stubborn', '10', secret]),
    };
    if (await session.end(started, scenario)) recordViolations(session, violations, (await started.events()).events);
  });
}

interface Violations {
  /** One open by a process that ignores TERM. */
  readonly defiant: Attempted;
  readonly once: Attempted;
  /** More opens than it takes, by a process that ignores TERM. */
  readonly often: Attempted;
}

function recordViolations(session: GuestSession, { defiant, once, often }: Violations, events: readonly RawEvent[]): void {
  recordSignal(session, 'the first violation', once, sigterm);
  recordSignal(session, `violation ${threshold} of a process that ignores TERM`, often, sigkill);
  const { outcome } = defiant;
  session.claim('signal', scenario, {
    check: 'denied to a process that ignores TERM',
    blames: 'ENFORCEMENT_LEAK',
    holds: outcome.kind === 'returned' && outcome.errno === 1,
    expected: 'EPERM',
    actual: JSON.stringify(outcome),
  });
  const actions = events.filter(({ pid, type }) => pid === often.pid && type === 'block').map(({ action }) => action);
  const wanted = [...Array.from({ length: threshold - 1 }, () => 'TERM'), 'KILL'];
  session.claim('signal', scenario, {
    check: 'events',
    blames: 'EVENT_WRONG',
    holds: JSON.stringify(actions) === JSON.stringify(wanted),
    expected: wanted.join(', '),
    actual: actions.join(', ') || 'none',
  });
}

function recordSignal(session: GuestSession, check: string, { outcome }: Attempted, signal: number): void {
  session.claim('signal', scenario, {
    check,
    blames: 'WRONG_SIGNAL',
    holds: outcome.kind === 'signalled' && outcome.signal === signal,
    expected: `signal ${signal}`,
    actual: outcome.kind === 'signalled' ? `signal ${outcome.signal}` : JSON.stringify(outcome),
  });
}
