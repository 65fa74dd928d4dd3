// SPDX-License-Identifier: Apache-2.0
import { type CheckReport, type Environment, type FailedCheck, isFailedCheck } from '../model/check.js';
import type { RuleKind } from '../model/agent.js';
import type { Finding } from '../model/finding.js';
import { groupedBy } from '../model/grouped-by.js';
import { attemptRoots } from './finding-attempts.js';
import { type Failed, failedIn, isSameScenario, type ProvedMachine } from './finding-facts.js';
import { followsFromLoad, lostLoad } from './finding-load-follows.js';
import { type FailedLoad, loadFailures, loadFinding, type LoadedObject } from './finding-loads.js';
import { observedRoots } from './finding-observed.js';
import { findingOf } from './finding-of.js';
import { Pool, refusedKind, type Root, rootOf, type WholeRoot, withoutCounts } from './finding-roots.js';
import { overrideEchoes, overrideRoots } from './finding-override.js';
import { claimRoots, endRoots } from './finding-starts.js';

/**
 * What is wrong on a kernel: one finding for each root cause that the evidence shows, everything that follows from it folded
 * below. `objects`: what was loaded there, by which a hook is known to have a program.
 */
export function findingsOf(
  kernel: string,
  machines: readonly ProvedMachine[],
  objects: readonly LoadedObject[],
): readonly Finding[] {
  const roots = groupedBy(machines, ({ contract }) => contract.name).flatMap(rootsOf);
  const programs = objects.flatMap((object) => object.programs);
  const heads = loadFailures(objects).map((same) => ({
    same,
    followed: followedBy(same, roots, { machines, objects }),
  }));
  const taken = new Set(heads.flatMap(({ followed }) => followed));
  return [
    ...heads.map(({ same, followed }) => loadFinding(kernel, same, followed)),
    ...roots.filter((root) => !taken.has(root)).map((root) => findingOf(kernel, root, programs)),
  ];
}

interface KernelEvidence {
  readonly machines: readonly ProvedMachine[];
  readonly objects: readonly LoadedObject[];
}

/** Roots that have their cause in programs that do not load: of one agent, which loads them. */
function followedBy(
  same: readonly FailedLoad[],
  roots: readonly WholeRoot[],
  { machines, objects }: KernelEvidence,
): readonly WholeRoot[] {
  const lost = lostLoad(same, objects);
  const all = roots.filter((root) => {
    const own = machines.filter(({ contract }) => contract.name === root.contract);
    return followsFromLoad(root, lost, own);
  });
  return all.filter(({ contract }) => contract === all[0]?.contract);
}

function rootsOf(machines: readonly ProvedMachine[]): readonly WholeRoot[] {
  const real =
    machines.find(({ report }) => report.environment === 'no-lsm')?.report.checks.filter(isFailedCheck) ?? [];
  const judged = machines.map((machine) => rootsOn(machine, real));
  const merged = groupedBy(
    judged.flatMap(({ roots }) => roots),
    keyOf,
  ).map(joined);
  const roots = withEchoes(
    merged,
    judged.flatMap(({ echoes }) => echoes),
  );
  const unproved = machines.flatMap(({ report }) => report.checks.filter(({ outcome }) => outcome.kind === 'unproved'));
  return withUnproved(roots, unproved);
}

/** Where a root was seen. */
interface Placed {
  readonly contract: string;
  readonly environment: Environment;
}

interface OnMachine {
  readonly roots: readonly (Root & Placed)[];
  /** Differences between override and truth that have their cause on the other machine. */
  readonly echoes: readonly FailedCheck[];
}

function rootsOn(machine: ProvedMachine, real: readonly FailedCheck[]): OnMachine {
  const pool = new Pool(failedIn(machine));
  const { environment, contract } = machine.report;
  const found = [...overrideRoots(pool, real)];
  const echoes = overrideEchoes(pool).map(({ check }) => check);
  found.push(...endRoots(pool), ...claimRoots(machine, pool), ...observedRoots(machine, pool));
  found.push(...attemptRoots(machine, pool), ...otherRoots(pool));
  return { roots: found.map((root) => ({ ...root, environment, contract })), echoes };
}

/** Whatever says the same of the same thing. */
function otherRoots(pool: Pool): readonly Root[] {
  const all = pool.take(() => true);
  const groups = groupedBy(all, ({ check: { class: name, check, outcome } }) =>
    // Kinds of rule that are refused in the same words are refused for one reason.
    JSON.stringify([outcome.code, name, outcome.code === 'POLICY_REFUSED' || check, ...withoutMeasures(outcome)]),
  );
  return groups.map((shown) => {
    const code = shown[0]?.check.outcome.code ?? 'CONTROL_FAILED';
    return rootOf({
      code,
      subject: { kind: 'check' },
      hooks: [],
      rule: onlyKind(shown),
      shown,
    });
  });
}

/** How many opens got through is another number on each machine. */
function withoutMeasures({ expected, actual }: FailedCheck['outcome']): readonly string[] {
  return [expected, withoutCounts(actual)];
}

function onlyKind(shown: readonly Failed[]): RuleKind | null {
  const [only = null, ...others] = new Set(shown.map(({ check }) => refusedKind(check)));
  return others.length === 0 ? only : null;
}

/** The same on two machines is one root. */
function keyOf({ code, subject, hooks, rule, shown }: Root): string {
  const own =
    subject.kind === 'check' || (subject.kind === 'attempts' && !subject.all && hooks.length === 0 && rule === null);
  const { scenario, outcome } = shown[0]?.check ?? { scenario: '', outcome: null };
  const about = own
    ? [subject.kind === 'check' ? '' : scenario, ...(outcome === null ? [] : withoutMeasures(outcome))]
    : [];
  return JSON.stringify([code, subject, hooks, rule, about]);
}

function joined(same: readonly (Root & Placed)[]): WholeRoot {
  const [first] = same;
  if (first === undefined) throw new Error('verdict: a root of no machine');
  return {
    ...first,
    shown: same.flatMap(({ shown }) => shown),
    follows: same.flatMap(({ follows }) => follows),
    environments: [...new Set(same.map(({ environment }) => environment))],
    unproved: [],
  };
}

/** A difference from the truth follows from what is wrong with the truth. */
function withEchoes(roots: readonly WholeRoot[], echoes: readonly FailedCheck[]): readonly WholeRoot[] {
  return echoes.reduce((all, echo) => {
    const at = all.findIndex((root) => checksOfRoot(root).some((check) => isSameScenario(check, echo)));
    return all.map((root, index) => (index === at ? { ...root, follows: [...root.follows, echo] } : root));
  }, roots);
}

function withUnproved(roots: readonly WholeRoot[], unproved: readonly CheckReport[]): readonly WholeRoot[] {
  return unproved.reduce((all, check) => {
    const at = all.findIndex((root) => checksOfRoot(root).some((cause) => isCauseOf(cause, check)));
    return all.map((root, index) => (index === at ? { ...root, unproved: [...root.unproved, check] } : root));
  }, roots);
}

/** `the agent did not come up (enforce)` is about the start in that phase, `its control failed` about its own scenario. */
function isCauseOf(cause: FailedCheck, { environment, outcome, ...check }: CheckReport): boolean {
  if (outcome.kind !== 'unproved' || cause.environment !== environment) return false;
  // Evidence of older versions names the phase in the text alone.
  const phase = outcome.phase ?? /\(([^()]+)\)$/.exec(outcome.detail)?.[1];
  const refused = refusedKind(cause);
  if (refused !== null && !new RegExp(`\\b${refused}\\b`).test(outcome.detail)) return false;
  return phase === undefined
    ? isSameScenario(cause, check) && cause.check.startsWith('control')
    : cause.scenario === phase && cause.class === 'posture';
}

function checksOfRoot({ shown, follows }: Root): readonly FailedCheck[] {
  return [...shown.map(({ check }) => check), ...follows];
}
