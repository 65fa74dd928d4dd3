// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from './verdict.js';

/** How a command ended in the guest. `not-started`: the kernel refused to execute it, positive errno. */
export type CommandEnd =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'signalled'; readonly signal: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-started'; readonly errno: number };

/** A command of the user's, run as root in a kernel; its exit code is the verdict. */
export interface CommandReport {
  /** As it was executed in the guest. */
  readonly argv: readonly string[];
  readonly end: CommandEnd;
  readonly verdict: Verdict;
  /** One line: how it ended. */
  readonly detail: string;
  /** The last lines of stderr, or of stdout where stderr is empty. */
  readonly tail: readonly string[];
  /** Relative paths of the whole output. */
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from its start to its end. */
  readonly ms: number;
}
