// SPDX-License-Identifier: Apache-2.0
import type { Override, RuleKind } from './agent.js';
import type { DialectVocabulary } from './dialect.js';

/** What an agent can be asked for at a start: the placeholder `{name}` in its command line. */
export interface StartOption {
  /** Values that a scenario asks for; null for any text, such as a number. */
  readonly values: readonly string[] | null;
  /** The value where nothing is asked. */
  readonly default: string;
  /** How values are spelled where the configuration does not; a value that is not here is spelled as it is. */
  readonly spelling: Readonly<Record<string, string>>;
}

/**
 * The part of a contract that the configuration needs: which fields an agent of it may have in `matrix.config.json`, and
 * what holds for those that are left out. Plain data.
 */
export interface AgentConventions {
  /** Name of the contract. */
  readonly contract: string;
  /** By placeholder. */
  readonly options: Readonly<Record<string, StartOption>>;
  /** The command line, with placeholders. */
  readonly run: readonly [string, ...string[]];
  /** Put before a command line that the agent is to look at, with all its descendants; null where it looks at everybody. */
  readonly enroll: readonly [string, ...string[]] | null;
  readonly env: Readonly<Record<string, string>>;
  /** The line by which it is known to be ready: a regular expression. */
  readonly ready: { readonly stream: 'stdout' | 'stderr'; readonly pattern: string };
  /** Name of the capability report in the agent's folder; null without one. */
  readonly report: string | null;
  /** Kinds of rule, in the order of the policy file; empty without a policy. */
  readonly rules: readonly RuleKind[];
  /** Signals to whoever breaks a rule; the first is always known. Empty where it sends none. */
  readonly signals: readonly string[];
  /** Optional abilities, each with the question that the configuration answers. */
  readonly features: Readonly<Record<string, string>>;
  /** Further abilities, which an agent has only where its configuration says so. */
  readonly optIn: Readonly<Record<string, string>>;
  /** Variables of the environment that replace what the agent reads about the machine. */
  readonly overrides: Readonly<Partial<Record<Override, string>>>;
  /** What its agents may say in words of their own; null where they have no choice. */
  readonly vocabulary: DialectVocabulary | null;
  /** Our own agent of this contract. */
  readonly own: OwnAgent;
  /** Patterns for the names of those programs of its object that are on LSM hooks. */
  readonly ownHookPrograms: readonly string[];
}

/** An agent of this repository, as `agent` of matrix.config.json has it; paths are relative to the folder that it is built in. */
export interface OwnAgent {
  readonly name: string;
  readonly object: string;
  readonly binary: string;
  readonly folder: string;
  /** Written out: taken from the object, a program that is missing there would not be missed. */
  readonly hooks: readonly string[];
  readonly takeover: readonly string[] | null;
  readonly reload: string | null;
}
