// SPDX-License-Identifier: Apache-2.0
import type { EventSubject } from '../contracts/contract.js';
import type { AttemptsPhase } from '../contracts/proof.js';
import type { CheckClass } from '../model/check.js';
import type { Attempted, EventPattern, NotObserved, RawEvent } from '../model/scenario-evidence.js';
import type { Arranged } from './arrangement.js';
import { runAttempts } from './attempts.js';
import { checkTraced, checkUp } from './comes-up.js';
import type { GuestSession } from './guest-session.js';
import type { LiveProgram } from './oracle.js';
import type { Attempt, Scenario } from './scenario.js';
import type { Started } from './started.js';
import { lookAround, recordContradictions } from './surroundings.js';

/** One scenario in one phase: its attempt, for a denial the neighbour's, and the event that must report it. */
export interface ScenarioAttempt {
  readonly class: CheckClass;
  readonly scenario: Scenario;
  readonly attempt: Attempted;
  readonly neighbour: Attempted | null;
  /** None where no event is expected. */
  readonly patterns: readonly EventPattern[];
}

/** What a phase came to. */
export interface Phase {
  readonly attempts: readonly ScenarioAttempt[];
  readonly events: readonly RawEvent[];
  /** Where the agent's programs are, as far as that was asked. */
  readonly programs: readonly LiveProgram[];
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
  const enroll = action === null ? [] : session.runner.enroll;
  const done = [...(await runAttempts(session.guest, attempts, enroll))];
  const patternsOf = ({ class: name, scenario }: (typeof all)[number]): readonly EventPattern[] => {
    if (action === null) return [];
    const comm = name === 'exec' ? null : (scenario.attempt.comm ?? attemptComm);
    const patternOf = (about: EventSubject) => session.contract.events.pattern({ about, action, comm }, inode) ?? [];
    return subjectsOf(scenario).flatMap(patternOf);
  };
  return all.map((one) => {
    const [attempt, neighbour = null] = done.splice(0, 1 + neighboursOf(one.scenario).length);
    if (attempt === undefined) throw new Error('scenarios: an attempt without an answer');
    return { ...one, attempt, neighbour, patterns: patternsOf(one) };
  });
}

/** What its events are about. */
function subjectsOf(scenario: Scenario): readonly EventSubject[] {
  if (scenario.kind === 'observed') return scenario.events;
  return scenario.kind === 'denied' && scenario.event !== null ? [scenario.event] : [];
}

function neighboursOf(scenario: Scenario): readonly Attempt[] {
  if (scenario.kind === 'denied') return scenario.neighbour === null ? [] : [scenario.neighbour];
  if (scenario.kind !== 'observed' || scenario.by === 'descendant' || !scenario.attempt.traced) return [];
  // The same by a process of which nobody was told.
  return [{ ...scenario.attempt, traced: false }];
}

/** Looks at whatever else there is while the agent runs. */
export interface PhaseWatch {
  /** Before the attempts. */
  readonly before: (started: Started) => Promise<void>;
  /** After them. Gives the agent's programs, as far as that was asked. */
  readonly after: () => Promise<readonly LiveProgram[]>;
}

/** The agent gave up, and nothing of that has been recorded. */
export const notUp = 'not up';

/** Starts the agent, does everything, and ends it. */
export function provePhase(
  session: GuestSession,
  phase: AgentPhase,
  arranged: Arranged,
  watch: PhaseWatch,
): Promise<Phase> {
  return startedFor(session, phase, arranged, (started) => attemptWith(session, phase, arranged, started, watch));
}

/** The same; an agent that ends where it should come up is left to the caller. */
export function tryPhase(
  session: GuestSession,
  phase: AgentPhase,
  arranged: Arranged,
  watch: PhaseWatch,
): Promise<Phase | typeof notUp> {
  return startedFor(session, phase, arranged, async (started) =>
    started.comingUp.kind === 'ended' ? notUp : attemptWith(session, phase, arranged, started, watch),
  );
}

function startedFor<T>(
  session: GuestSession,
  { phase, options }: AgentPhase,
  { policy }: Arranged,
  work: (started: Started) => Promise<T>,
): Promise<T> {
  return session.phase(phase, async () => work(await session.start({ options, policy })));
}

async function attemptWith(
  session: GuestSession,
  { phase, action }: AgentPhase,
  arranged: Arranged,
  started: Started,
  { before, after }: PhaseWatch,
): Promise<Phase> {
  await before(started);
  if (!(await checkUp(session, phase, started))) return nothingOf(phase, 'did not come up');
  if (!(await checkTraced(session, phase, started))) return nothingOf(phase, 'cannot be told whom to look at');
  const surroundings = await lookAround(session, arranged);
  const attempts = await attemptScenarios(session, arranged, action);
  const programs = await after();
  const alive = await session.end(started, phase, attempts);
  await recordContradictions(session, arranged, surroundings, attempts);
  if (!alive) return nothingOf(phase, 'did not live through it');
  const { events } = await started.events();
  return { attempts, events, programs, open: ({ name }) => ({ missing: `${name} was left out (${phase})`, phase }) };
}

function nothingOf(phase: string, why: string): Phase {
  return { attempts: [], events: [], programs: [], open: () => ({ missing: `the agent ${why} (${phase})`, phase }) };
}
