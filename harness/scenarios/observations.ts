import { assertNever } from '../model/assert-never.js';
import type { CheckClass } from '../model/check.js';
import type { Attempted, Expected, ObservedAttempt, NotObserved, RawEvent, ScenarioEvidence } from '../model/scenario-evidence.js';
import type { GuestSession } from './guest-session.js';
import type { Arranged, Phase, Turn } from './denials.js';
import type { Denial, Scenario } from './language.js';

/** The observations of every scenario. `audited` null: not asked. */
export interface Observations {
  readonly free: readonly Turn[];
  readonly audited: Phase | null;
  readonly enforced: Phase;
}

/** How the environment enforces. */
export interface Enforcement {
  readonly expected: Expected;
  /** `action` in the events. */
  readonly action: string;
}

/** Puts the observations of each scenario together. `phase` tells apart scenarios that are looked at more than once. */
export function recordObservations(session: GuestSession, { classes }: Arranged, looks: Observations, means: Enforcement, phase?: string): void {
  for (const { class: name, scenarios } of classes) {
    for (const scenario of scenarios) session.record(observe({ session, name, looks, means, phase }, scenario));
  }
}

interface ObservationContext {
  readonly session: GuestSession;
  readonly name: CheckClass;
  readonly looks: Observations;
  readonly means: Enforcement;
  readonly phase: string | undefined;
}

function observe(looking: ObservationContext, scenario: Scenario): ScenarioEvidence {
  const { session, name, looks } = looking;
  const about = placeOf(looking, scenario);
  const lacking = scenario.rules.filter((rule) => !session.agent.rules.has(rule));
  if (lacking.length > 0) {
    return { kind: 'not-offered', ...about, by: 'agent', detail: `it has no ${lacking.join(', ')} rules` };
  }
  const free = scenarioAttemptOf(looks.free, name, scenario);
  if (free === undefined) throw new Error(`scenarios: ${scenario.name} was not tried without the runner`);
  switch (scenario.kind) {
    case 'uncovered':
      return observeUncovered(looking, scenario, free, scenario.why);
    case 'allowed': {
      const { denied: enforced } = observedOf(looking, looks.enforced, scenario);
      return { kind: 'allowed', ...commonOf(looking, scenario), control: free.attempt, enforced };
    }
    case 'denied':
      if (session.environment !== 'lsm' && scenario.fallback !== null && scenario.fallback !== 'signal') {
        return observeUncovered(looking, scenario, free, scenario.fallback.uncovered);
      }
      return observeDenial(looking, scenario, free);
    default:
      return assertNever(scenario);
  }
}

/** Signals are one class, whatever the attempt: without the BPF LSM there is nothing else. */
function placeOf({ session: { environment }, name, phase }: ObservationContext, scenario: Scenario) {
  if (phase !== undefined) return { class: 'signal', environment, scenario: `${phase}: ${scenario.name}` } as const;
  if (environment === 'lsm') return { class: name, environment, scenario: scenario.name } as const;
  return { class: 'signal', environment, scenario: `${name}: ${scenario.name}` } as const;
}

function commonOf(looking: ObservationContext, scenario: Scenario) {
  const free = { kind: 'returned', errno: scenario.free } as const;
  return { ...placeOf(looking, scenario), free, optional: scenario.optional };
}

function observeUncovered(looking: ObservationContext, scenario: Scenario, free: Turn, why: string): ScenarioEvidence {
  const { denied } = observedOf(looking, looking.looks.enforced, scenario);
  return { kind: 'uncovered', ...commonOf(looking, scenario), why, control: free.attempt, enforced: denied };
}

function observeDenial(looking: ObservationContext, scenario: Denial, free: Turn): ScenarioEvidence {
  const { looks, means } = looking;
  return {
    kind: 'denial',
    ...commonOf(looking, scenario),
    ...means,
    expected: means.expected.kind === 'returned' ? { ...means.expected, errno: scenario.refusal } : means.expected,
    control: { attempt: free.attempt, neighbour: free.neighbour },
    enforced: observedOf(looking, looks.enforced, scenario),
    audited: looks.audited === null ? null : observedOf(looking, looks.audited, scenario).denied,
  };
}

interface ObservedAttempts {
  readonly denied: ObservedAttempt | NotObserved;
  readonly neighbour: ObservedAttempt | NotObserved | null;
}

function observedOf({ name }: ObservationContext, phase: Phase, scenario: Scenario): ObservedAttempts {
  if ('missing' in phase) return { denied: phase, neighbour: phase };
  const turn = scenarioAttemptOf(phase.turns, name, scenario);
  if (turn === undefined) throw new Error(`scenarios: ${scenario.name} was left out of a phase`);
  const { attempt, neighbour, pattern } = turn;
  return {
    denied: { attempt, pattern, events: eventsOf(attempt, phase.events) },
    neighbour:
      neighbour === null ? null : { attempt: neighbour, pattern: null, events: eventsOf(neighbour, phase.events) },
  };
}

function scenarioAttemptOf(turns: readonly Turn[], name: CheckClass, scenario: Scenario): Turn | undefined {
  return turns.find((turn) => turn.class === name && turn.scenario.name === scenario.name);
}

/** What the agent told of an attempt's process; that a program was executed is told of everybody. */
function eventsOf(attempt: Attempted, events: readonly RawEvent[]): readonly RawEvent[] {
  return events.filter(({ pid, type }) => pid === attempt.pid && type !== 'exec' && type !== 'state_change');
}
