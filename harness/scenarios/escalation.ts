import { arrange, attempt } from './attempts.js';
import type { Bench } from './bench.js';
import type { Attempted, RawEvent } from '../model/scenario-evidence.js';
import { makeFolder, recordNotUp } from './denials.js';
import { policyText } from './policy.js';

const threshold = 3;
const sigkill = 9;
const sigterm = 15;
const scenario = 'TERM to KILL escalation';

/** On the LSM path KILL is reached by steps: TERM until the Nth strike of a process, then KILL. */
export async function proveEscalation(bench: Bench): Promise<void> {
  if (!bench.agent.signals.has('kill') || !bench.agent.rules.has('deny_path')) {
    bench.notOffered('signal', scenario, 'it has no signal kill, or no deny_path rules');
    return;
  }
  const secret = '/t/escalation/secret';
  await makeFolder(bench.guest, '/t/escalation');
  await arrange(bench.guest, [['write', secret, 'Secret words']]);
  const policy = policyText(1, [{ deny_path: [secret] }], bench.agent.rules);
  await bench.phase(scenario, async () => {
    const started = await bench.subject.start({ mode: 'enforce', signal: 'kill', threshold, policy });
    if (started.comingUp.kind !== 'announced') {
      recordNotUp(bench, scenario, started.comingUp);
      if (started.pid !== null) await bench.end(started, scenario);
      return;
    }
    const strikes = {
      defiant: await attempt(bench.guest, ['defiant', secret]),
      once: await attempt(bench.guest, ['open', secret, 'r']),
      often: await attempt(bench.guest, ['stubborn', '10', secret]),
    };
    if (await bench.end(started, scenario)) recordStrikes(bench, strikes, (await started.events()).events);
  });
}

interface Strikes {
  /** One open by a process that ignores TERM. */
  readonly defiant: Attempted;
  readonly once: Attempted;
  /** More opens than it takes, by a process that ignores TERM. */
  readonly often: Attempted;
}

function recordStrikes(bench: Bench, { defiant, once, often }: Strikes, events: readonly RawEvent[]): void {
  recordSignal(bench, 'the first strike', once, sigterm);
  recordSignal(bench, `strike ${threshold} of a process that ignores TERM`, often, sigkill);
  const { outcome } = defiant;
  bench.claim('signal', scenario, {
    leg: 'denied to a process that ignores TERM',
    blames: 'ENFORCEMENT_LEAK',
    holds: outcome.kind === 'returned' && outcome.errno === 1,
    expected: 'EPERM',
    actual: JSON.stringify(outcome),
  });
  const actions = events.filter(({ pid, type }) => pid === often.pid && type === 'block').map(({ action }) => action);
  const wanted = [...Array.from({ length: threshold - 1 }, () => 'TERM'), 'KILL'];
  bench.claim('signal', scenario, {
    leg: 'events',
    blames: 'EVENT_WRONG',
    holds: JSON.stringify(actions) === JSON.stringify(wanted),
    expected: wanted.join(', '),
    actual: actions.join(', ') || 'none',
  });
}

function recordSignal(bench: Bench, leg: string, { outcome }: Attempted, signal: number): void {
  bench.claim('signal', scenario, {
    leg,
    blames: 'WRONG_SIGNAL',
    holds: outcome.kind === 'signalled' && outcome.signal === signal,
    expected: `signal ${signal}`,
    actual: outcome.kind === 'signalled' ? `signal ${outcome.signal}` : JSON.stringify(outcome),
  });
}
