// SPDX-License-Identifier: Apache-2.0
import type { AttemptsProof } from '../contracts/proof.js';
import { assertNever } from '../model/assert-never.js';
import type { CheckClass } from '../model/check.js';
import { fitsPattern } from '../model/event-fields.js';
import type {
  Attempted,
  DenialEvidence,
  NotObserved,
  ObservedAttempt,
  ObservedPair,
  RawEvent,
  ReportedAttempt,
  ScenarioEvidence,
} from '../model/scenario-evidence.js';
import type { Arranged } from './arrangement.js';
import { expectedOf } from './denial-errno.js';
import type { GuestSession } from './guest-session.js';
import type { Phase, ScenarioAttempt } from './phases.js';
import { operationOf } from './operations.js';
import { reportedName } from './pick.js';
import type { Denial, Observed, Scenario } from './scenario.js';

/** What the phases of a proof came to; null for a phase that it does not have. */
export interface Observations {
  readonly free: readonly ScenarioAttempt[];
  readonly audited: Phase | null;
  readonly enforced: Phase | null;
}

/** Puts the observations of each scenario together, and records them. */
export function recordObservations(
  session: GuestSession,
  { classes }: Arranged,
  proof: AttemptsProof,
  observations: Observations,
): void {
  for (const { class: name, scenarios } of classes) {
    for (const scenario of scenarios) session.record(evidenceOf({ session, name, proof, observations }, scenario));
  }
}

interface Observing {
  readonly session: GuestSession;
  readonly name: CheckClass;
  readonly proof: AttemptsProof;
  readonly observations: Observations;
}

function evidenceOf(observing: Observing, scenario: Scenario): ScenarioEvidence {
  const { session, name, observations } = observing;
  const detail = unclaimed(session, scenario);
  if (detail !== null) {
    return { kind: 'not-offered', ...scenarioPlace(observing, scenario), by: 'agent', detail };
  }
  const free = find(observations.free, name, scenario);
  if (free === undefined) throw new Error(`scenarios: ${scenario.name} was not tried without the agent`);
  switch (scenario.kind) {
    case 'uncovered':
      return uncoveredEvidence(observing, scenario, free, scenario.why);
    case 'allowed':
      return {
        kind: 'allowed',
        ...commonOf(observing, scenario),
        control: free.attempt,
        observed: utmost(observing, scenario),
      };
    case 'observed':
      return observationEvidence(observing, scenario, free);
    case 'denied':
      if (!worksByHooks(session) && scenario.fallback !== null && scenario.fallback !== 'signal') {
        return uncoveredEvidence(observing, scenario, free, scenario.fallback.uncovered);
      }
      return denialEvidence(observing, scenario, free);
    default:
      return assertNever(scenario);
  }
}

/** Are there LSM hooks by which an agent can work. */
function worksByHooks({ environment, contract }: GuestSession): boolean {
  return environment === 'lsm' && contract.hookless !== true;
}

/** Why the agent is not asked: what it does not claim is no leak, and no pass. Null where it claims this. */
function unclaimed(session: GuestSession, scenario: Scenario): string | null {
  const lacking = lackingRules(session, scenario);
  if (lacking.length > 0) return `it has no ${lacking.join(', ')} rules`;
  if (session.contract.policy === null) return null;
  const operation = scenario.kind === 'denied' ? operationOf(scenario.attempt.operation) : null;
  if (operation === null || session.agent.operations.has(operation)) return null;
  return `it does not claim to deny ${operation}`;
}

/** Where there is no policy nothing can be lacking in it. */
function lackingRules({ contract, agent }: GuestSession, { rules }: Scenario): readonly string[] {
  return contract.policy === null ? [] : rules.filter((rule) => !agent.rules.has(rule));
}

/** Of its own class, or of the proof's: then its name begins with the group of attempts. */
function scenarioPlace({ session: { environment }, name, proof }: Observing, scenario: Scenario) {
  const of = proof.class === 'each' ? name : proof.class;
  return { class: of, environment, scenario: reportedName(proof, name, scenario.name) };
}

function commonOf(observing: Observing, scenario: Scenario) {
  const free = { kind: 'returned', errno: scenario.free } as const;
  return { ...scenarioPlace(observing, scenario), free, optional: scenario.optional };
}

function uncoveredEvidence(
  observing: Observing,
  scenario: Scenario,
  free: ScenarioAttempt,
  why: string,
): ScenarioEvidence {
  const observed = utmost(observing, scenario);
  return { kind: 'uncovered', ...commonOf(observing, scenario), why, control: free.attempt, observed };
}

function denialEvidence(observing: Observing, scenario: Denial, free: ScenarioAttempt): ScenarioEvidence {
  const { observations, proof } = observing;
  const { audited } = observations;
  return {
    kind: 'denial',
    ...commonOf(observing, scenario),
    control: { attempt: free.attempt, neighbour: free.neighbour },
    enforced: enforcedPair(observing, scenario),
    audited: audited === null ? null : pairOf(observing, audited, scenario, proof.observing?.neighbours === true),
  };
}

function enforcedPair(observing: Observing, scenario: Denial): DenialEvidence['enforced'] {
  const { proof, observations } = observing;
  if (proof.enforcing === null || observations.enforced === null) return null;
  const { expected } = proof.enforcing;
  const refusal = expected.kind === 'returned' ? { ...expected, errno: scenario.refusal } : expected;
  return {
    expected: expectedOf(observing.session.agent, refusal),
    ...pairOf(observing, observations.enforced, scenario, true),
  };
}

/** The attempt in the phase in which the agent does the most it can. */
function utmost(observing: Observing, scenario: Scenario): ObservedAttempt | NotObserved {
  const { enforced, audited } = observing.observations;
  const phase = enforced ?? audited;
  if (phase === null) throw new Error('scenarios: a proof without a phase');
  return pairOf(observing, phase, scenario, false).denied;
}

function pairOf({ session, name }: Observing, phase: Phase, scenario: Scenario, neighbours: boolean): ObservedPair {
  const found = find(phase.attempts, name, scenario);
  if (found === undefined) {
    const open = phase.open(scenario);
    return { denied: open, neighbour: neighbours ? open : null };
  }
  const { attempt, neighbour, patterns } = found;
  const observe = (one: Attempted, of: ObservedAttempt['pattern']): ObservedAttempt => ({
    attempt: one,
    pattern: of,
    events: eventsOf(session, one, phase.events),
  });
  return {
    denied: observe(attempt, patterns[0] ?? null),
    neighbour: neighbour === null || !neighbours ? null : observe(neighbour, null),
  };
}

function observationEvidence(observing: Observing, scenario: Observed, free: ScenarioAttempt): ScenarioEvidence {
  const { session, name, observations } = observing;
  const phase = observations.audited ?? observations.enforced;
  if (phase === null) throw new Error('scenarios: a proof without a phase');
  return {
    kind: 'observation',
    ...commonOf(observing, scenario),
    hook: scenario.hook,
    program: phase.programs.find(({ hook }) => hook === scenario.hook)?.name ?? null,
    control: free.attempt,
    observed: reportedAttempts(session, name, phase, scenario),
  };
}

function reportedAttempts(
  { contract }: GuestSession,
  name: CheckClass,
  phase: Phase,
  scenario: Observed,
): readonly ReportedAttempt[] | NotObserved {
  const found = find(phase.attempts, name, scenario);
  if (found === undefined) return phase.open(scenario);
  const { attempt, neighbour, patterns } = found;
  const about = phase.events.filter((event) => contract.events.isAboutAttempt(event));
  const mine = (event: RawEvent): boolean =>
    scenario.by === 'itself' ? event['pid'] === attempt.pid : patterns.some((pattern) => fitsPattern(event, pattern));
  const { traced } = scenario.attempt;
  const own = { traced, attempt, patterns: traced ? patterns : [], events: about.filter(mine) };
  if (neighbour === null) return [own];
  const events = about.filter((event) => event['pid'] === neighbour.pid);
  return [own, { traced: false, attempt: neighbour, patterns: [], events }];
}

function find(attempts: readonly ScenarioAttempt[], name: CheckClass, scenario: Scenario): ScenarioAttempt | undefined {
  return attempts.find((one) => one.class === name && one.scenario.name === scenario.name);
}

/** The agent's events of an attempt's process. */
function eventsOf({ contract }: GuestSession, { pid }: Attempted, events: readonly RawEvent[]): readonly RawEvent[] {
  return events.filter((event) => event['pid'] === pid && contract.events.isAboutAttempt(event));
}
