// SPDX-License-Identifier: Apache-2.0
import { groupedBy } from '../model/grouped-by.js';
import { baseOf, type Failed, hookAsked, type ProvedMachine } from './finding-facts.js';
import { type Pool, type Root, rootOf } from './finding-roots.js';

/* Roots of an agent that only observes: each question names the hook that it is about. */

export function observedRoots(machine: ProvedMachine, pool: Pool): readonly Root[] {
  const asked = pool.take(({ check }) => hookAsked(machine, check) !== null);
  const groups = groupedBy(asked, mistakeOf);
  const silent = groups.find((group) => group.some(isSilent)) ?? [];
  // Where an open or a connect has no event, a whole scenario of them has none either.
  const absorbed = groups
    .filter((group) => group !== silent && group.every((one) => followsSilence(one, silent)))
    .flat();
  const roots = groups
    .map((group) => group.filter((one) => !absorbed.includes(one)))
    .filter((group) => group.length > 0)
    .map((group) => observedRoot(group, group.some(isSilent) ? absorbed : []));
  return [...roots, ...dirtyRoots(pool)];
}

/** What was not passed on is one mistake, whatever was tried; of events it is one by what is wrong with them. */
function mistakeOf({ check }: Failed): string {
  const { code, expected } = check.outcome;
  if (code !== 'EVENT_MISSING' && code !== 'EVENT_WRONG') return code;
  return JSON.stringify([code, baseOf(check), expected.startsWith('no event')]);
}

function isSilent({ check }: Failed): boolean {
  return check.outcome.code === 'EVENT_MISSING' && baseOf(check) === 'event';
}

function followsSilence({ check, hooks }: Failed, silent: readonly Failed[]): boolean {
  return check.outcome.code === 'EVENT_MISSING' && silent.some((one) => one.hooks.some((hook) => hooks.includes(hook)));
}

function observedRoot(shown: readonly Failed[], absorbed: readonly Failed[]): Root {
  const hooks = [...new Set(shown.flatMap((one) => one.hooks))];
  const one = hooks.length === 1;
  const subject = { kind: 'attempts', all: !one, symptom: symptomOf(shown) } as const;
  const code = shown[0]?.check.outcome.code ?? 'CONTROL_FAILED';
  return rootOf({ code, subject, hooks: one ? hooks : [], rule: null, shown }, absorbed);
}

/** What all of them show, or the field that is wrong in all of them. */
function symptomOf(shown: readonly Failed[]): string | null {
  const [first] = shown;
  if (first !== undefined && baseOf(first.check) === 'untraced event')
    return 'processes are reported that are not traced';
  if (first?.check.outcome.expected.startsWith('no event') === true) return 'what must not be reported is';
  const actuals = new Set(shown.map(({ check }) => check.outcome.actual));
  const [only = null] = actuals.size === 1 ? actuals : [];
  if (only !== null) return only;
  const fields = new Set([...actuals].map((actual) => /^(\w+) is [^,]+$/.exec(actual)?.[1]));
  const [field] = fields.size === 1 ? fields : [];
  return field === undefined ? null : `${field} is another`;
}

/** Whoever leaves the bytes of others in its records prints them, too. */
function dirtyRoots(pool: Pool): readonly Root[] {
  const dirty = pool.take(({ check }) => check.outcome.code === 'EVENT_DIRTY_TAIL');
  if (dirty.length === 0) return [];
  const lines = pool.take(({ check }) => check.outcome.code === 'EVENT_WRONG' && baseOf(check) === 'event lines');
  return [rootOf({ code: 'EVENT_DIRTY_TAIL', subject: { kind: 'check' }, hooks: [], rule: null, shown: dirty }, lines)];
}
