import { assertNever } from '../model/assert-never.js';
import type { CheckClass } from '../model/check.js';
import type { Attempted, Expected, Leg, LegMissing, RawEvent, ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Bench } from './bench.js';
import type { Arranged, Phase, Turn } from './denials.js';
import type { Denial, Scenario } from './language.js';

/** The looks at every scenario. `audited` null: not asked. */
export interface Looks {
  readonly free: readonly Turn[];
  readonly audited: Phase | null;
  readonly enforced: Phase;
}

/** How the setting enforces. */
export interface Means {
  readonly expected: Expected;
  /** `action` in the events. */
  readonly action: string;
}

/** Puts the looks at each scenario together. `phase` tells apart scenarios that are looked at more than once. */
export function recordLooks(bench: Bench, { classes }: Arranged, looks: Looks, means: Means, phase?: string): void {
  for (const { class: name, scenarios } of classes) {
    for (const scenario of scenarios) bench.record(lookAt({ bench, name, looks, means, phase }, scenario));
  }
}

interface Looking {
  readonly bench: Bench;
  readonly name: CheckClass;
  readonly looks: Looks;
  readonly means: Means;
  readonly phase: string | undefined;
}

function lookAt(looking: Looking, scenario: Scenario): ScenarioEvidence {
  const { bench, name, looks } = looking;
  const about = placeOf(looking, scenario);
  const lacking = scenario.rules.filter((rule) => !bench.agent.rules.has(rule));
  if (lacking.length > 0) {
    return { kind: 'not-offered', ...about, by: 'subject', detail: `it has no ${lacking.join(', ')} rules` };
  }
  const free = turnOf(looks.free, name, scenario);
  if (free === undefined) throw new Error(`scenarios: ${scenario.name} was not tried without the subject`);
  switch (scenario.kind) {
    case 'uncovered':
      return uncoveredLook(looking, scenario, free, scenario.why);
    case 'allowed': {
      const { denied: enforced } = legsOf(looking, looks.enforced, scenario);
      return { kind: 'allowed', ...commonOf(looking, scenario), control: free.deed, enforced };
    }
    case 'denied':
      if (bench.setting !== 'lsm' && scenario.fallback !== null && scenario.fallback !== 'signal') {
        return uncoveredLook(looking, scenario, free, scenario.fallback.uncovered);
      }
      return denialLook(looking, scenario, free);
    default:
      return assertNever(scenario);
  }
}

/** Signals are one class, whatever the deed: without the BPF LSM there is nothing else. */
function placeOf({ bench: { setting }, name, phase }: Looking, scenario: Scenario) {
  if (phase !== undefined) return { class: 'signal', setting, scenario: `${phase}: ${scenario.name}` } as const;
  if (setting === 'lsm') return { class: name, setting, scenario: scenario.name } as const;
  return { class: 'signal', setting, scenario: `${name}: ${scenario.name}` } as const;
}

function commonOf(looking: Looking, scenario: Scenario) {
  const free = { kind: 'returned', errno: scenario.free } as const;
  return { ...placeOf(looking, scenario), free, optional: scenario.optional };
}

function uncoveredLook(looking: Looking, scenario: Scenario, free: Turn, why: string): ScenarioEvidence {
  const { denied } = legsOf(looking, looking.looks.enforced, scenario);
  return { kind: 'uncovered', ...commonOf(looking, scenario), why, control: free.deed, enforced: denied };
}

function denialLook(looking: Looking, scenario: Denial, free: Turn): ScenarioEvidence {
  const { looks, means } = looking;
  return {
    kind: 'denial',
    ...commonOf(looking, scenario),
    ...means,
    expected: means.expected.kind === 'returned' ? { ...means.expected, errno: scenario.refusal } : means.expected,
    control: { deed: free.deed, neighbour: free.neighbour },
    enforced: legsOf(looking, looks.enforced, scenario),
    audited: looks.audited === null ? null : legsOf(looking, looks.audited, scenario).denied,
  };
}

interface Legs {
  readonly denied: Leg | LegMissing;
  readonly neighbour: Leg | LegMissing | null;
}

function legsOf({ name }: Looking, phase: Phase, scenario: Scenario): Legs {
  if ('missing' in phase) return { denied: phase, neighbour: phase };
  const turn = turnOf(phase.turns, name, scenario);
  if (turn === undefined) throw new Error(`scenarios: ${scenario.name} was left out of a phase`);
  const { deed, neighbour, pattern } = turn;
  return {
    denied: { deed, pattern, events: eventsOf(deed, phase.events) },
    neighbour:
      neighbour === null ? null : { deed: neighbour, pattern: null, events: eventsOf(neighbour, phase.events) },
  };
}

function turnOf(turns: readonly Turn[], name: CheckClass, scenario: Scenario): Turn | undefined {
  return turns.find((turn) => turn.class === name && turn.scenario.name === scenario.name);
}

/** What the subject told of a deed's process; that a program was executed is told of everybody. */
function eventsOf(deed: Attempted, events: readonly RawEvent[]): readonly RawEvent[] {
  return events.filter(({ pid, type }) => pid === deed.pid && type !== 'exec' && type !== 'state_change');
}
