// SPDX-License-Identifier: Apache-2.0
import type { StartRequest } from '../contracts/proof.js';
import type { CheckClass } from '../model/check.js';
import type { Attempted, ComingUp, EventPattern, NotObserved, RawEvent } from '../model/scenario-evidence.js';
import type { Arranged } from './arrangement.js';
import { runAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import type { Attempt, Scenario } from './scenario.js';
import type { Started } from './started.js';

/** One scenario in one phase: its attempt, for a denial the neighbour's, and the event that must report it. */
export interface ScenarioAttempt {
  readonly class: CheckClass;
  readonly scenario: Scenario;
  readonly attempt: Attempted;
  readonly neighbour: Attempted | null;
  /** Null where no event is expected. */
  readonly pattern: EventPattern | null;
}

/** What a phase came to: attempts with their events, or why nothing of it counts. */
export type Phase =
  { readonly attempts: readonly ScenarioAttempt[]; readonly events: readonly RawEvent[] } | NotObserved;

/** The probe's name for whoever does an attempt; a program that is executed has its own. */
const attemptComm = 'attempt';

/** Does all attempts of all classes, each neighbour right after its attempt. `action`: the action in their events. */
export async function attemptScenarios(
  session: GuestSession,
  { classes, inode }: Arranged,
  action: string | null,
): Promise<readonly ScenarioAttempt[]> {
  const all = classes.flatMap(({ class: name, scenarios }) => scenarios.map((scenario) => ({ class: name, scenario })));
  const attempts = all.flatMap(({ scenario }): readonly Attempt[] => [scenario.attempt, ...neighboursOf(scenario)]);
  const done = [...(await runAttempts(session.guest, attempts))];
  const patternOf = ({ class: name, scenario }: (typeof all)[number]): EventPattern | null => {
    if (action === null || scenario.kind !== 'denied') return null;
    const comm = name === 'exec' ? null : attemptComm;
    return session.contract.events.pattern({ about: scenario.event, action, comm }, inode);
  };
  return all.map((one) => {
    const [attempt, neighbour = null] = done.splice(0, 1 + neighboursOf(one.scenario).length);
    if (attempt === undefined) throw new Error('scenarios: an attempt without an answer');
    return { ...one, attempt, neighbour, pattern: patternOf(one) };
  });
}

function neighboursOf(scenario: Scenario): readonly Attempt[] {
  return scenario.kind === 'denied' && scenario.neighbour !== null ? [scenario.neighbour] : [];
}

/** Starts the agent, does everything, and ends it. `during` looks at whatever else there is while it runs. */
export async function provePhase(
  session: GuestSession,
  { phase, action }: { readonly phase: string; readonly action: string },
  request: StartRequest,
  arranged: Arranged,
  during: (started: Started) => Promise<void>,
): Promise<Phase> {
  return session.phase(phase, async () => {
    const started = await session.start(request);
    await during(started);
    if (!(await checkAgentUp(session, phase, started))) return { missing: `the agent did not come up (${phase})` };
    const attempts = await attemptScenarios(session, arranged, action);
    const alive = await session.end(started, phase);
    if (!alive) return { missing: `the agent did not live through it (${phase})` };
    return { attempts, events: (await started.events()).events };
  });
}

/** Is it up? One that is not is recorded, and ended if it still runs: nothing else in its phase can be looked at. */
export async function checkAgentUp(session: GuestSession, scenario: string, started: Started): Promise<boolean> {
  if (started.comingUp.kind === 'announced') return true;
  recordNotUp(session, scenario, started.comingUp);
  if (started.pid !== null) await session.end(started, scenario);
  return false;
}

function recordNotUp(session: GuestSession, scenario: string, comingUp: ComingUp): void {
  const claim = { check: 'comes up', holds: false, expected: 'a state is announced' };
  if (comingUp.kind === 'silent') {
    const actual = `nothing within ${comingUp.ms / 1000} s`;
    session.claim('posture', scenario, { ...claim, blames: 'AGENT_HUNG', actual });
  } else if (comingUp.kind === 'ended') {
    const blames = comingUp.status === null ? 'AGENT_DIED' : 'POSTURE_DISHONEST';
    const actual = `it gave up: ${comingUp.end}: ${comingUp.output.join(' ')}`;
    session.claim('posture', scenario, { ...claim, blames, actual });
  }
}
