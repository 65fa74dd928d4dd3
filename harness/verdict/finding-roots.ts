// SPDX-License-Identifier: Apache-2.0
import type { RuleKind } from '../model/agent.js';
import type { CheckCode, CheckReport, Environment, FailedCheck } from '../model/check.js';
import type { Failed } from './finding-facts.js';

/** What a finding is about: its title says it in the words of its code. */
export type Subject =
  /** The agent did not come up, or did not live: how it ended. */
  | { readonly kind: 'end'; readonly end: string }
  /** No live program at hooks that it says it works by. `whatever`: it claims that where it must not. */
  | { readonly kind: 'dead'; readonly claims: string; readonly all: boolean; readonly whatever: boolean }
  /** It claims another state than the one that must hold. */
  | { readonly kind: 'claim'; readonly claims: string; readonly expected: readonly string[] }
  /** What attempts have in common that came out otherwise than they must. */
  | { readonly kind: 'attempts'; readonly all: boolean; readonly symptom: string | null }
  /** Nothing but the check itself. */
  | { readonly kind: 'check' };

/** A root cause on one machine. */
export interface Root {
  readonly code: CheckCode;
  readonly subject: Subject;
  /** At fault; more than one where nothing tells them apart. */
  readonly hooks: readonly string[];
  readonly rule: RuleKind | null;
  /** Checks that show it, of its own code; never empty. */
  readonly shown: readonly Failed[];
  /** Checks that follow from it. */
  readonly follows: readonly FailedCheck[];
}

/** A root on every machine that shows it, with what could not be looked at because of it. */
export interface WholeRoot extends Root {
  /** Name of the contract of its machines. */
  readonly contract: string;
  readonly environments: readonly Environment[];
  readonly unproved: readonly CheckReport[];
}

/** Checks, each with what follows from it. */
export function withFollowers(all: readonly Failed[]): Root['follows'] {
  return all.flatMap(({ check, followers }) => [check, ...followers]);
}

/** A root with the followers of all checks that were put down to it. */
export function rootOf(parts: Omit<Root, 'follows'>, absorbed: readonly Failed[] = []): Root {
  const follows = [...parts.shown.flatMap(({ followers }) => followers), ...withFollowers(absorbed)];
  return { ...parts, follows };
}

/** Failed checks that are not put down to a root yet. */
export class Pool {
  #rest: readonly Failed[];

  constructor(failed: readonly Failed[]) {
    this.#rest = failed;
  }

  /** Those for which `is` holds, which are no other root's from now on. */
  take(is: (one: Failed) => boolean): readonly Failed[] {
    const taken = this.#rest.filter(is);
    this.#rest = this.#rest.filter((one) => !taken.includes(one));
    return taken;
  }
}

/** The kind of rule over which an agent gives up, as the check says it: `a policy with deny_ptrace`. */
export function refusedKind({ check, outcome }: FailedCheck): RuleKind | null {
  const kind = outcome.code === 'POLICY_REFUSED' ? /^a policy with (\w+)$/.exec(check)?.[1] : undefined;
  return kind === undefined ? null : (kind as RuleKind);
}

/** A text without what was counted in it, which is another number each time: a code follows its word (`exit 1`) and stays. */
export function withoutCounts(text: string): string {
  return text.replace(/(?<![\w.:/-]|\b(?:exit|signal|errno|status|process|pid|code) )\d+(?= [a-z])/g, 'n');
}
