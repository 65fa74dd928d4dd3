// SPDX-License-Identifier: Apache-2.0
import type { EventSubject } from '../contracts/contract.js';
import type { StartRequest } from '../contracts/proof.js';
import { runInGuest } from '../guest/process.js';
import type { CheckClass } from '../model/check.js';
import type { Attempted, ComingUp, EventPattern, NotObserved, RawEvent } from '../model/scenario-evidence.js';
import type { Arranged } from './arrangement.js';
import { runAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import type { LiveProgram } from './oracle.js';
import { probePaths } from './probe.js';
import { argvOf, describeEnd, lastLines } from './process-end.js';
import type { Attempt, Scenario } from './scenario.js';
import type { Started } from './started.js';

/** One scenario in one phase: its attempt, for a denial the neighbour's, and the event that must report it. */
export interface ScenarioAttempt {
  readonly class: CheckClass;
  readonly scenario: Scenario;
  readonly attempt: Attempted;
  readonly neighbour: Attempted | null;
  /** None where no event is expected. */
  readonly patterns: readonly EventPattern[];
}

/** What a phase came to: attempts with their events, or why nothing of it counts. */
export type Phase =
  | {
      readonly attempts: readonly ScenarioAttempt[];
      readonly events: readonly RawEvent[];
      /** Where the agent's programs are, as far as that was asked. */
      readonly programs: readonly LiveProgram[];
    }
  | NotObserved;

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
    const comm = name === 'exec' ? null : attemptComm;
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
  return scenario.kind === 'denied' ? [scenario.event] : [];
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

/** Starts the agent, does everything, and ends it. */
export async function phaseWith(
  session: GuestSession,
  { phase, action }: { readonly phase: string; readonly action: string },
  request: StartRequest,
  arranged: Arranged,
  { before, after }: PhaseWatch,
): Promise<Phase> {
  return session.phase(phase, async () => {
    const started = await session.start(request);
    await before(started);
    if (!(await checkUp(session, phase, started))) return { missing: `the agent did not come up (${phase})` };
    if (!(await checkTraced(session, phase, started))) return { missing: `nothing could be traced (${phase})` };
    const attempts = await attemptScenarios(session, arranged, action);
    const programs = await after();
    const alive = await session.end(started, phase);
    if (!alive) return { missing: `the agent did not live through it (${phase})` };
    return { attempts, events: (await started.events()).events, programs };
  });
}

/** Is it up? One that is not is recorded, and ended if it still runs: nothing else in its phase can be looked at. */
export async function checkUp(session: GuestSession, scenario: string, started: Started): Promise<boolean> {
  if (started.comingUp.kind === 'announced') return true;
  recordNotUp(session, scenario, started.comingUp);
  if (started.pid !== null) await session.end(started, scenario);
  return false;
}

/** Can a process start that the agent looks at? Without, nothing else in its phase can be looked at; it is then ended. */
export async function checkTraced(session: GuestSession, scenario: string, started: Started): Promise<boolean> {
  const { enroll } = session.runner;
  if (enroll.length === 0) return true;
  const argv = argvOf([...enroll, probePaths.attempt, 'batch']);
  const { end, stderr } = await runInGuest(session.guest, { argv, timeout: 60_000 });
  if (end.kind === 'exited' && end.status === 0) return true;
  session.claim('posture', scenario, {
    check: 'a traced process starts',
    blames: 'OBSERVER_DENIED',
    holds: false,
    expected: 'it starts, as without the agent',
    actual: `${describeEnd(end)}: ${lastLines(stderr.toString()).join(' ')}`,
    attempt: argv.join(' '),
  });
  await session.end(started, scenario);
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
