import { arrange, attempt } from './attempts.js';
import type { Bench } from './bench.js';
import type { Attempted } from '../model/scenario-evidence.js';
import { makeFolder } from './denials.js';
import { policyText } from './policy.js';

const threshold = 3;
const sigkill = 9;
const sigterm = 15;

/** On the LSM path KILL is reached by steps: TERM until the Nth strike of a process, then KILL. */
export async function proveEscalation(bench: Bench): Promise<void> {
  const scenario = 'TERM to KILL escalation';
  const about = { class: 'signal', setting: bench.setting, scenario } as const;
  if (!bench.agent.signals.has('kill')) {
    bench.record({ kind: 'not-offered', ...about, by: 'subject', detail: 'it has no signal kill' });
    return;
  }
  const secret = '/t/escalation/secret';
  await makeFolder(bench.guest, '/t/escalation');
  await arrange(bench.guest, [['write', secret, 'Secret words']]);
  const policy = policyText(1, [{ deny_path: [secret] }], bench.agent.rules);
  await bench.phase(scenario, async () => {
    const started = await bench.subject.start({ mode: 'enforce', signal: 'kill', threshold, policy });
    const once = await attempt(bench.guest, ['open', secret, 'r']);
    const often = await attempt(bench.guest, ['stubborn', '10', secret]);
    const lived = await bench.end(started, scenario);
    if (!lived) return;
    const { events } = await started.events();
    const actions = events.filter(({ pid, type }) => pid === often.pid && type === 'block').map(({ action }) => action);
    const wanted = [...Array.from({ length: threshold - 1 }, () => 'TERM'), 'KILL'];
    recordSignal(bench, scenario, 'the first strike', once, sigterm);
    recordSignal(bench, scenario, `strike ${threshold} of a process that ignores TERM`, often, sigkill);
    bench.record({
      kind: 'claim',
      ...about,
      leg: 'events',
      blames: 'EVENT_WRONG',
      holds: JSON.stringify(actions) === JSON.stringify(wanted),
      expected: wanted.join(', '),
      actual: actions.join(', ') || 'none',
    });
  });
}

function recordSignal(bench: Bench, scenario: string, leg: string, { outcome }: Attempted, signal: number): void {
  bench.record({
    kind: 'claim',
    class: 'signal',
    setting: bench.setting,
    scenario,
    leg,
    blames: 'WRONG_SIGNAL',
    holds: outcome.kind === 'signalled' && outcome.signal === signal,
    expected: `signal ${signal}`,
    actual: outcome.kind === 'signalled' ? `signal ${outcome.signal}` : JSON.stringify(outcome),
  });
}
