// SPDX-License-Identifier: Apache-2.0
import type { CommandEnd } from '../model/command.js';

/** What one command left in one kernel, before anything is judged. */
export interface CommandEvidence {
  /** As it was executed in the guest. */
  readonly argv: readonly string[];
  readonly end: CommandEnd;
  /** Whole output, bytes as they came. */
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** Milliseconds it was given. */
  readonly timeout: number;
  /** Milliseconds from its start to its end. */
  readonly ms: number;
}
