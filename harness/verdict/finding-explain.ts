// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../model/agent.js';
import type { Failed } from './finding-facts.js';

/* Which hook or which kind of rule explains that some attempts failed and others held. */

/** What an attempt rests on. */
export type Ground = Pick<Failed, 'hooks' | 'rules'>;

/** What failed checks have in common; nothing where each is alone. */
export interface Common {
  /** At fault; more than one where nothing tells them apart. */
  readonly hooks: readonly string[];
  readonly rule: RuleKind | null;
  /** Whatever was asked failed. */
  readonly all: boolean;
}

export interface Explained {
  readonly common: Common;
  readonly failed: readonly Failed[];
}

/**
 * The fewest explanations that cover all that failed and contradict nothing that held. A hook is contradicted by an attempt
 * that only it could have stopped and that was stopped; a kind of rule by one that was stopped by it alone.
 */
export function explained(failed: readonly Failed[], held: readonly Ground[]): readonly Explained[] {
  const [first, ...others] = failed;
  if (first === undefined) return [];
  const best = guesses(failed)
    .filter((guess) => !held.some((one) => rests(one, guess)))
    .map((guess) => ({ guess, covered: failed.filter((one) => covers(guess, one)) }))
    .reduce<Covering | null>((top, one) => (top === null || one.covered.length > top.covered.length ? one : top), null);
  const whole = held.length === 0 && others.length > 0;
  if (whole && (best === null || best.covered.length < failed.length)) return [{ common: everything, failed }];
  if (best === null) return [{ common: nothing, failed: [first] }, ...explained(others, held)];
  const { covered } = best;
  const rest = failed.filter((one) => !covered.includes(one));
  return [{ common: commonOf(best, failed, held), failed: covered }, ...explained(rest, held)];
}

interface Covering {
  readonly guess: Guess;
  readonly covered: readonly Failed[];
}

interface Guess {
  readonly hook: string | null;
  readonly rule: RuleKind | null;
}

const everything: Common = { hooks: [], rule: null, all: true };
const nothing: Common = { hooks: [], rule: null, all: false };

/** A hook before a kind of rule, before a rule at a hook: of two that explain as much, the one that says less. */
function guesses(failed: readonly Failed[]): readonly Guess[] {
  const hooks = [...new Set(failed.flatMap((one) => one.hooks))];
  const rules = [...new Set(failed.flatMap((one) => one.rules))];
  return [
    ...hooks.map((hook) => ({ hook, rule: null })),
    ...rules.map((rule) => ({ hook: null, rule })),
    ...hooks.flatMap((hook) => rules.map((rule) => ({ hook, rule }))),
  ];
}

function covers({ hook, rule }: Guess, { hooks, rules }: Ground): boolean {
  return (hook === null || hooks.includes(hook)) && (rule === null || rules.includes(rule));
}

/** Nothing else than what is guessed could have stopped it. */
function rests({ hooks, rules }: Ground, { hook, rule }: Guess): boolean {
  const alone = (all: readonly string[], one: string | null): boolean =>
    one === null || (all.length > 0 && all.every((name) => name === one));
  return alone(hooks, hook) && alone(rules, rule);
}

/** Other hooks that cover the same, and are contradicted as little, cannot be told apart from the one that was found. */
function commonOf({ guess, covered }: Covering, failed: readonly Failed[], held: readonly Ground[]): Common {
  if (guess.hook === null) return { hooks: [], rule: guess.rule, all: false };
  const same = guesses(failed).filter(
    (one) =>
      one.hook !== null &&
      one.rule === guess.rule &&
      !held.some((ground) => rests(ground, one)) &&
      covered.every((ground) => covers(one, ground)),
  );
  const rules = new Set(covered.flatMap((one) => one.rules));
  const [only = null] = rules.size === 1 ? rules : [];
  return { hooks: same.flatMap(({ hook }) => hook ?? []), rule: guess.rule ?? only, all: false };
}
