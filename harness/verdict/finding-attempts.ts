// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../model/agent.js';
import type { CheckCode } from '../model/check.js';
import { groupedBy } from '../model/grouped-by.js';
import { explained, type Explained, type Ground } from './finding-explain.js';
import { baseOf, type Failed, hooksOf, isSameScenario, type ProvedMachine } from './finding-facts.js';
import { type Pool, type Root, rootOf, withFollowers } from './finding-roots.js';
import { ofWatch } from './finding-watch.js';
import { rulesOf } from '../scenarios/stops.js';

/* Roots of attempts that came out otherwise than they must, by the hook or the kind of rule that they have in common. */

export function attemptRoots(machine: ProvedMachine, pool: Pool): readonly Root[] {
  return [
    ...leakRoots(machine, pool),
    ...blockRoots(machine, pool),
    ...auditRoots(machine, pool),
    ...signalRoots(pool),
    ...eventRoots(machine, pool),
  ];
}

const withCode =
  (code: CheckCode) =>
  ({ check }: Failed): boolean =>
    check.outcome.code === code;

/** What got through, by how it ended; opens that a watch counted ended as any other. */
function leakRoots(machine: ProvedMachine, pool: Pool): readonly Root[] {
  const leaks = pool.take(withCode('ENFORCEMENT_LEAK'));
  const groups = groupedBy(leaks, ({ check, hooks }) =>
    check.attempt === null ? (hooks.length === 0 ? check.scenario : 'succeeded') : check.outcome.actual,
  );
  return groups.flatMap((failed) => {
    const roots = explainedRoots('ENFORCEMENT_LEAK', failed, heldIn(machine, ['denied']));
    // What is let through all the time is let through after an announcement, too, and leaves no record.
    return roots.map((root) => ({
      ...root,
      follows: [...root.follows, ...ofHooks(pool, root), ...ofWatch(machine, pool, root), ...ofSilence(pool, root)],
    }));
  });
}

function ofHooks(pool: Pool, { hooks }: Root): Root['follows'] {
  const taken = pool.take(
    (one) =>
      (one.check.outcome.code === 'CONTROL_FAILED' || baseOf(one.check) === 'announcement') &&
      one.check.attempt === null &&
      one.hooks.some((hook) => hooks.includes(hook)),
  );
  return withFollowers(taken);
}

/** What a rule does not match where it has to deny, it does not match where it has to be reported. */
function ofSilence(pool: Pool, { shown }: Root): Root['follows'] {
  const taken = pool.take(
    (one) => withCode('EVENT_MISSING')(one) && shown.some(({ check }) => isSameScenario(check, one.check)),
  );
  return withFollowers(taken);
}

/** By the kind of rule that the agent's event names, which knows better than the scenario what it is blocked by. */
function blockRoots(machine: ProvedMachine, pool: Pool): readonly Root[] {
  const blocks = pool.take(withCode('FALSE_BLOCK'));
  const named = groupedBy(
    blocks.filter(({ eventRule }) => eventRule !== null),
    ({ eventRule }) => String(eventRule),
  );
  const silent = blocks.filter(({ eventRule }) => eventRule === null);
  const [largest] = [...named].sort((a, b) => b.length - a.length);
  // Something else that the attempt needs was refused: that is what is blocked, if anything is.
  const helpless =
    largest === undefined ? [] : silent.filter(({ check }) => check.outcome.actual.startsWith('could not be tried'));
  const roots = named.map((shown) => {
    const rule = shown[0]?.eventRule ?? null;
    const mistaken = pool.take((one) => isMistaken(one, rule));
    return rootOf(
      {
        code: 'FALSE_BLOCK',
        subject: { kind: 'attempts', all: false, symptom: null },
        hooks: hooksOfAll(shown),
        rule,
        shown,
      },
      [...(shown === largest ? helpless : []), ...mistaken],
    );
  });
  const rest = silent.filter((one) => !helpless.includes(one));
  return [...roots, ...explainedRoots('FALSE_BLOCK', rest, heldIn(machine, ['neighbour', 'allowed']))];
}

/** An event that names this kind of rule where another one should have matched. */
function isMistaken({ check, eventRule, rules }: Failed, rule: RuleKind | null): boolean {
  return check.outcome.code === 'EVENT_WRONG' && eventRule === rule && rule !== null && !rules.includes(rule);
}

/** The one hook at which all of it happened; none where there are several. */
function hooksOfAll(shown: readonly Failed[]): readonly string[] {
  const [first] = shown;
  const common = (first?.hooks ?? []).filter((hook) => shown.every(({ hooks }) => hooks.includes(hook)));
  return common.length === 1 ? common : [];
}

/** An agent that denies where it only observes is also set to do so. */
function auditRoots(machine: ProvedMachine, pool: Pool): readonly Root[] {
  const denied = pool.take(withCode('AUDIT_DENIED'));
  const roots = explainedRoots('AUDIT_DENIED', denied, heldIn(machine, ['audit', 'audit neighbour']));
  const [first, ...rest] = roots;
  if (first === undefined) return [];
  const set = pool.take(
    ({ check }) => baseOf(check) === machine.contract.configMap?.name && observes(machine, check.scenario),
  );
  return [{ ...first, follows: [...first.follows, ...set.map(({ check }) => check)] }, ...rest];
}

function observes({ evidence, contract }: ProvedMachine, start: string): boolean {
  return evidence.some(
    (one) => one.kind === 'posture' && one.scenario === start && contract.states[one.expected]?.enforces === false,
  );
}

/** Which signal is sent does not depend on a hook. */
function signalRoots(pool: Pool): readonly Root[] {
  const wrong = pool.take(withCode('WRONG_SIGNAL'));
  return groupedBy(wrong, ({ check: { outcome } }) => `${outcome.expected} ${outcome.actual}`).map((shown) =>
    attemptsRoot('WRONG_SIGNAL', { common: { hooks: [], rule: null, all: true }, failed: shown }),
  );
}

/** By what is wrong with the events: the same field, of the same value. */
function eventRoots(machine: ProvedMachine, pool: Pool): readonly Root[] {
  const missing = pool.take(withCode('EVENT_MISSING'));
  const wrong = groupedBy(
    pool.take((one) => withCode('EVENT_WRONG')(one) && one.check.attempt !== null),
    ({ check }) => check.outcome.actual,
  );
  const names = (failed: readonly Failed[]): readonly string[] => failed.map(({ check }) => baseOf(check));
  return [
    ...explainedRoots('EVENT_MISSING', missing, heldIn(machine, names(missing))),
    ...wrong.flatMap((failed) => explainedRoots('EVENT_WRONG', failed, heldIn(machine, names(failed)))),
  ];
}

function explainedRoots(code: CheckCode, failed: readonly Failed[], held: readonly Ground[]): readonly Root[] {
  return explained(failed, held).map((one) => attemptsRoot(code, one));
}

function attemptsRoot(code: CheckCode, { common, failed }: Explained): Root {
  const actuals = new Set(failed.map(({ check }) => check.outcome.actual));
  const [symptom = null] = actuals.size === 1 ? actuals : [];
  const { hooks, rule, all } = common;
  return rootOf({ code, subject: { kind: 'attempts', all, symptom }, hooks, rule, shown: failed });
}

/** What the checks of these names rest on that passed. */
function heldIn(machine: ProvedMachine, names: readonly string[]): readonly Ground[] {
  return machine.report.checks
    .filter((check) => check.outcome.kind === 'pass' && names.includes(baseOf(check)))
    .map((check) => ({ hooks: hooksOf(machine, check), rules: rulesOf(check.class, check.scenario) }));
}
