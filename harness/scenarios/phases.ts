// SPDX-License-Identifier: Apache-2.0
import type { AttemptsPhase } from '../contracts/proof.js';
import type { CheckClass } from '../model/check.js';
import type { Attempted, EventPattern, NotObserved, RawEvent } from '../model/scenario-evidence.js';
import type { Arranged } from './arrangement.js';
import { runAttempts } from './attempts.js';
import { checkUp } from './comes-up.js';
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

/** What a phase came to. */
export interface Phase {
  readonly attempts: readonly ScenarioAttempt[];
  readonly events: readonly RawEvent[];
  /** Why a scenario is not among its attempts. */
  readonly open: (scenario: Scenario) => NotObserved;
}

/** How the agent is started for a phase, and the action in its events. */
export type AgentPhase = Pick<AttemptsPhase, 'phase' | 'options' | 'action'>;

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

/** The agent gave up, and nothing of that has been recorded. */
export const notUp = 'not up';

/** Starts the agent, does everything, and ends it. `during` looks at whatever else there is while it runs. */
export async function provePhase(
  session: GuestSession,
  phase: AgentPhase,
  arranged: Arranged,
  during: (started: Started) => Promise<void>,
): Promise<Phase> {
  return session.phase(phase.phase, async () => {
    const started = await session.start({ options: phase.options, policy: arranged.policy });
    return attemptWith(session, phase, arranged, started, during);
  });
}

/** The same; an agent that ends where it should come up is left to the caller. */
export async function tryPhase(
  session: GuestSession,
  phase: AgentPhase,
  arranged: Arranged,
  during: (started: Started) => Promise<void>,
): Promise<Phase | typeof notUp> {
  return session.phase(phase.phase, async () => {
    const started = await session.start({ options: phase.options, policy: arranged.policy });
    if (started.comingUp.kind === 'ended') return notUp;
    return attemptWith(session, phase, arranged, started, during);
  });
}

async function attemptWith(
  session: GuestSession,
  { phase, action }: AgentPhase,
  arranged: Arranged,
  started: Started,
  during: (started: Started) => Promise<void>,
): Promise<Phase> {
  await during(started);
  if (!(await checkUp(session, phase, started))) return nothingOf(phase, 'did not come up');
  const attempts = await attemptScenarios(session, arranged, action);
  const alive = await session.end(started, phase, attempts);
  if (!alive) return nothingOf(phase, 'did not live through it');
  const { events } = await started.events();
  return { attempts, events, open: ({ name }) => ({ missing: `${name} was left out (${phase})`, phase }) };
}

function nothingOf(phase: string, why: string): Phase {
  return { attempts: [], events: [], open: () => ({ missing: `the agent ${why} (${phase})`, phase }) };
}
