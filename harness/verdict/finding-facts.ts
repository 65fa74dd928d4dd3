// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contracts/contract.js';
import type { RuleKind } from '../model/agent.js';
import {
  type CheckReport,
  type Environment,
  type FailedCheck,
  isFailedCheck,
  type ScenarioReport,
} from '../model/check.js';
import { ownActionOf } from '../model/event-fields.js';
import type { NotObserved, ObservedAttempt, RawEvent, ScenarioEvidence } from '../model/scenario-evidence.js';
import { rulesOf, stopsOf } from '../scenarios/stops.js';
import type { Target } from '../target.js';
import { type DeadHooks, deadHooks } from './judge-live.js';

/* Failed checks with what the evidence says of them, before anything is put down to a cause. */

/** A failed check that follows from no other check of the same attempt or of the same start. */
export interface Failed {
  readonly check: FailedCheck;
  /** Hooks or tracepoints that its attempt passes and that the agent uses; all where that is unknown. */
  readonly hooks: readonly string[];
  /** Kinds of rule that its scenario is about. */
  readonly rules: readonly RuleKind[];
  /** The kind of rule that the agent's own event names. */
  readonly eventRule: RuleKind | null;
  /** What its event claims to have done about it, in the contract's word, and in its own where that is another. */
  readonly eventClaim: string | null;
  readonly eventWord: string | null;
  /** Failed checks that follow from it. */
  readonly followers: readonly FailedCheck[];
}

/** One machine that ran scenarios: its checks beside its evidence. */
export interface ProvedMachine {
  readonly report: ScenarioReport;
  readonly contract: Contract;
  readonly evidence: readonly ScenarioEvidence[];
  /** Hooks or tracepoints that the agent uses; null when unknown. */
  readonly uses: readonly string[] | null;
  /** The architecture of its kernel. */
  readonly target: Target;
}

/** Hooks at which an agent says it works, and those at which it does; null where nobody looked. */
export function hooksUsed(evidence: readonly ScenarioEvidence[], environment: Environment): readonly string[] | null {
  const seen = evidence.flatMap((one) => {
    if (one.kind !== 'posture') return [];
    const { snapshot, hooks, tracepoints } = one;
    return [environment === 'lsm' ? [...hooks, ...snapshot.live] : [...tracepoints, ...snapshot.tracepoints]];
  });
  return seen.length === 0 ? null : [...new Set(seen.flat())];
}

/** What is not live in each start of the agent, by the name of its scenario. */
export function deadByStart({ evidence, contract }: ProvedMachine): ReadonlyMap<string, DeadHooks> {
  return new Map(
    evidence.flatMap((one): readonly [string, DeadHooks][] => {
      const dead = one.kind === 'posture' ? deadHooks(one, contract) : null;
      return dead === null ? [] : [[one.scenario, dead]];
    }),
  );
}

/** The failed checks of a machine, those that follow from another one below it. */
export function failedIn(machine: ProvedMachine): readonly Failed[] {
  const failed = machine.report.checks.filter(isFailedCheck);
  const leaders = new Map<FailedCheck, FailedCheck[]>();
  const leaderOf = (check: FailedCheck): FailedCheck | undefined =>
    leadersOf(check, machine.contract).flatMap((name) =>
      failed.find((one) => isSamePlace(one, check) && baseOf(one) === name),
    )[0];
  for (const check of failed) {
    const leader = leaderOf(check);
    if (leader === undefined) leaders.set(check, leaders.get(check) ?? []);
    else leaders.set(leader, [...(leaders.get(leader) ?? []), check]);
  }
  return [...leaders]
    .filter(([check]) => leaderOf(check) === undefined)
    .map(([check, own]) => factsOf(machine, check, [...own, ...own.flatMap((one) => leaders.get(one) ?? [])]));
}

/** An attempt before its event; a claimed state before all that was looked at because of it. */
const followed: Readonly<Record<string, readonly string[]>> = {
  event: ['denied', 'outcome'],
  'untraced event': ['untraced outcome'],
  'neighbour event': ['neighbour'],
  'audit event': ['audit'],
  'audit neighbour event': ['audit neighbour'],
  silence: ['allowed'],
  'not covered event': ['not covered'],
  'comes up': ['start'],
  // One that gave up where it must not claim what it claims.
  alive: ['state'],
  announcement: ['state'],
  report: ['state', 'announcement'],
  live: ['state', 'announcement'],
  attempt: ['state', 'announcement', 'live'],
  'reported hooks': ['state', 'announcement', 'live'],
};

/** Checks of which one that fails explains this one. What a start is set to do follows from its state. */
function leadersOf({ check }: CheckReport, { configMap }: Contract): readonly string[] {
  const base = withoutNumber(check);
  if (Object.hasOwn(followed, base)) return followed[base] ?? [];
  if (base.endsWith(' is called')) return ['state', 'announcement', 'live'];
  return base === configMap?.name ? ['state'] : [];
}

const withoutNumber = (check: string): string => check.replace(/ \d+$/, '');
export const baseOf = ({ check }: CheckReport): string => withoutNumber(check);

/** The same question, on whichever machine. */
export function isSameScenario(
  a: Pick<CheckReport, 'class' | 'scenario'>,
  b: Pick<CheckReport, 'class' | 'scenario'>,
): boolean {
  return a.class === b.class && a.scenario === b.scenario;
}

function isSamePlace(a: CheckReport, b: CheckReport): boolean {
  return a.class === b.class && a.environment === b.environment && a.scenario === b.scenario;
}

function factsOf(machine: ProvedMachine, check: FailedCheck, followers: readonly FailedCheck[]): Failed {
  const { events } = machine.contract;
  const [event = null] = eventsOf(machine.evidence, check);
  const asked = hookAsked(machine, check);
  return {
    check,
    hooks: asked !== null ? [asked] : isGap(machine, check) ? [] : hooksOf(machine, check),
    rules: rulesOf(check.class, check.scenario),
    eventRule: event === null ? null : events.ruleOf(event),
    eventClaim: event === null ? null : events.claimedStop(event),
    eventWord: event === null ? null : ownActionOf(event),
    followers,
  };
}

/** The hook that a check is about by its own evidence; null where that names none. */
export function hookAsked({ evidence }: ProvedMachine, check: CheckReport): string | null {
  const base = baseOf(check);
  for (const one of evidence) {
    if (one.class !== check.class || one.scenario !== check.scenario) continue;
    if (one.kind === 'observation') return one.hook;
    if (one.kind === 'claim' && one.check === base && one.hook !== undefined) return one.hook;
  }
  return null;
}

/** Hooks that a check is about, as far as the agent uses them. */
export function hooksOf(machine: Pick<ProvedMachine, 'target' | 'uses'>, check: CheckReport): readonly string[] {
  const { uses } = machine;
  const all = passedHooks(machine, check);
  const own = uses === null ? all : all.filter((hook) => uses.includes(hook));
  return own.length === 0 ? all : own;
}

/** All hooks that the attempt of a check passes. */
export function passedHooks(
  { target }: Pick<ProvedMachine, 'target'>,
  { attempt, class: name, environment }: CheckReport,
): readonly string[] {
  const operations = attempt === null ? (unnamedAttempts[name] ?? []) : [attempt];
  return [...new Set(operations.flatMap((operation) => stopsOf(operation, environment, target)))];
}

/** What is attempted where a check names no attempt: a watch, a process that goes on, records of all sorts. */
const unnamedAttempts: Readonly<Partial<Record<CheckReport['class'], readonly string[]>>> = {
  posture: ['watch'],
  restart: ['watch'],
  signal: ['stubborn'],
  records: ['stubborn', 'connect'],
};

/** A watch that was denied now and let through then has met a gap in time, and no hook that is deaf. */
function isGap({ evidence }: ProvedMachine, check: CheckReport): boolean {
  return evidence.some(
    (one) =>
      one.kind === 'watch' && isSamePlace({ ...check, ...one }, check) && one.check === baseOf(check) && one.denied > 0,
  );
}

/** The agent's events of the attempt that a check is about. */
function eventsOf(evidence: readonly ScenarioEvidence[], check: CheckReport): readonly RawEvent[] {
  const own = evidence.find((one) => one.class === check.class && one.scenario === check.scenario && 'optional' in one);
  const observed = own === undefined ? null : observedOf(own, baseOf(check));
  return observed === null || 'missing' in observed ? [] : observed.events;
}

function observedOf(evidence: ScenarioEvidence, check: string): ObservedAttempt | NotObserved | null {
  if (evidence.kind === 'uncovered' || evidence.kind === 'allowed') return evidence.observed;
  if (evidence.kind !== 'denial') return null;
  const pair = check.startsWith('audit') ? evidence.audited : evidence.enforced;
  return (check.includes('neighbour') ? pair?.neighbour : pair?.denied) ?? null;
}
