// SPDX-License-Identifier: Apache-2.0
import type { CheckClass, Environment } from './check.js';
import type { FailureCode } from './verdict.js';

/** The attempt of a finding that a person should look at first. */
export interface FirstAttempt {
  readonly class: CheckClass;
  readonly environment: Environment;
  readonly scenario: string;
  readonly check: string;
  /** The operation of the probe (`open /t/file/secret r`), or null where the check is about no attempt. */
  readonly attempt: string | null;
  readonly expected: string;
  readonly actual: string;
  /** Further lines for a person, as the check has them. */
  readonly evidence: readonly string[];
}

/** What follows from the same cause: checks with another code, unproved ones, changes beside the baseline. */
export interface FoldedCount {
  readonly code: FailureCode | 'unproved';
  readonly count: number;
}

/** A failed check, by what makes it unique on its kernel. */
export interface CheckRef {
  readonly class: CheckClass;
  readonly environment: Environment;
  readonly scenario: string;
  readonly check: string;
}

/** One root cause on one kernel, as far as the evidence goes, with everything that follows from it. */
export interface Finding {
  /** Of the agent that it is about; null where programs do not load and nothing follows from that. */
  readonly contract: string | null;
  readonly code: FailureCode;
  /** One line: what is wrong, and where. */
  readonly title: string;
  /** Where its checks failed. */
  readonly environments: readonly Environment[];
  readonly classes: readonly CheckClass[];
  /** The hook or tracepoint at fault; null where nothing singles one out. */
  readonly hook: string | null;
  /** Where more than one hook explains it: those it may be. */
  readonly candidates: readonly string[];
  /** The kind of rule that is at fault, as the contract names it (`deny_ip`); null where it is not about one kind. */
  readonly rule: string | null;
  /** The program at the hook, or the first of those that do not load; null where there is none. */
  readonly program: string | null;
  /** Where programs do not load, the first that follows from that; null where nothing does. */
  readonly first: FirstAttempt | null;
  /** What the agent's event claims to have done about the first attempt (`BLOCK`), where the attempt succeeded. */
  readonly eventClaim: string | null;
  /** The agent's own word for that, in its dialect (`deny`); null where it is the same. */
  readonly eventWord: string | null;
  /** What to do about it: by what the evidence singles out, else by the code. */
  readonly next: string;
  /** Relative to the root of this project, with an anchor. */
  readonly doc: string;
  /** Arguments of `run` that ask just this again. */
  readonly rerun: readonly string[];
  /** Failed checks: those of the finding's code, and those that follow; of a load from which nothing does, programs. */
  readonly checks: number;
  /** Of `checks`, how many are of each class, most first. */
  readonly byClass: readonly { readonly class: CheckClass; readonly count: number }[];
  readonly folded: readonly FoldedCount[];
  /** The failed checks themselves. */
  readonly refs: readonly CheckRef[];
}
