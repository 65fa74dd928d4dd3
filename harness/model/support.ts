// SPDX-License-Identifier: Apache-2.0
import type { CauseId } from './cause.js';
import type { KernelId } from './kernel.js';
import type { SourceLine } from './report.js';
import type { FailureCode } from './verdict.js';

/**
 * On which kernels of a run a program is taken, ordered by age: on each that answered, on none, on all `from` one on or
 * `until` one, or `mixed`: taken, refused and taken again.
 */
export const supportShapes = ['everywhere', 'nowhere', 'from', 'until', 'mixed'] as const;
export type SupportShape = (typeof supportShapes)[number];

/** Kernels next to each other by age that gave the same answer. */
export type SupportStretch =
  | { readonly answer: 'taken'; readonly kernels: readonly KernelId[] }
  | { readonly answer: 'unknown'; readonly kernels: readonly KernelId[] }
  | {
      readonly answer: 'refused';
      readonly kernels: readonly KernelId[];
      readonly code: FailureCode;
      readonly cause: CauseId | null;
      /** Of the first of the kernels, as its explanation has it. */
      readonly decidingLine: string;
      readonly source: SourceLine | null;
    };

/** Which kernels of a run load and attach a program, whatever was expected of it, and what stops it on the others. */
export interface ProgramSupport {
  readonly object: string;
  readonly program: string;
  readonly shape: SupportShape;
  /** Null where none takes it. Says nothing of newer ones unless `shape` does. */
  readonly oldest: KernelId | null;
  /** Oldest kernel first. */
  readonly stretches: readonly SupportStretch[];
}
