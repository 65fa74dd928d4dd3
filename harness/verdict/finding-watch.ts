// SPDX-License-Identifier: Apache-2.0
import type { CheckReport } from '../model/check.js';
import type { ScenarioEvidence } from '../model/scenario-evidence.js';
import { rulesOf, stopsOf, watchedRule } from '../scenarios/stops.js';
import { baseOf, isSameScenario, passedHooks, type ProvedMachine } from './finding-facts.js';
import { type Pool, type Root, withFollowers } from './finding-roots.js';

/*
 * A watch opens over and over what a rule on paths denies. Where not one open that such a rule denies was ever denied, it
 * needs no gap in time for those of a watch to succeed.
 */

/** What a watch saw that follows from a leak of the same kind of rule. */
export function ofWatch(machine: ProvedMachine, pool: Pool, { shown }: Pick<Root, 'shown'>): Root['follows'] {
  if (!shown.some(({ check }) => isWatchedOpen(machine, check))) return [];
  if (machine.report.checks.some((check) => isHeldOpen(machine, check))) return [];
  const { evidence } = machine;
  if (evidence.some((one) => one.kind === 'watch' && one.denied > 0)) return [];
  const taken = pool.take(({ check }) => evidence.some((one) => isWatchOf(one, check)));
  return withFollowers(taken);
}

/** One to which no enforcement was promised, or that tried nothing, shows nothing. */
function isWatchOf(one: ScenarioEvidence, check: CheckReport): boolean {
  if (one.kind !== 'watch' || !one.announced || one.opened === 0) return false;
  return isSameScenario(one, check) && one.check === baseOf(check);
}

/** An open that is denied by the kind of rule that denies what a watch opens. */
function isWatchedOpen(machine: ProvedMachine, check: CheckReport): boolean {
  const { report, target } = machine;
  const passed = passedHooks(machine, check);
  const opens = stopsOf('watch', report.environment, target);
  const isOpen = check.attempt !== null && opens.every((hook) => passed.includes(hook));
  return isOpen && rulesOf(check.class, check.scenario).includes(watchedRule);
}

function isHeldOpen(machine: ProvedMachine, check: CheckReport): boolean {
  if (check.outcome.kind !== 'pass') return false;
  if (baseOf(check) === 'denied') return isWatchedOpen(machine, check);
  return check.class === 'posture' && baseOf(check) === 'attempt' && enforces(machine, check.scenario);
}

function enforces({ evidence, contract }: ProvedMachine, start: string): boolean {
  return evidence.some(
    (one) => one.kind === 'posture' && one.scenario === start && contract.states[one.expected]?.enforces === true,
  );
}
