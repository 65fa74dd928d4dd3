// SPDX-License-Identifier: Apache-2.0
import type { Errno } from './evidence.js';
import type { KernelId } from './kernel.js';
import type { StatLimits } from './manifest.js';

/** What the verifier spent on one program, counted in its log of every instruction (level 2). */
export interface ProgramCost {
  readonly program: string;
  /**
   * How the load with that log ended: as the verdict, but for ENOSPC, a log of more than 1 GiB, and ETIMEDOUT, one that took
   * longer than there was time.
   */
  readonly logErrno: Errno;
  /** Bytes of the log. */
  readonly logBytes: number;
  /** Instructions visited, by the verifier's own total; null where the kernel does not say. */
  readonly insns: number | null;
  /** Instructions visited, as the log was counted; exact where it is the verifier's total. */
  readonly counted: number;
  readonly totalStates: number | null;
  readonly peakStates: number | null;
  /** Lines of the source that were visited, dearest first; their visits add up to `counted`. */
  readonly lines: readonly LineCost[];
}

/** One line of the source in one function: what is inlined counts where it is written, for the function it is in. */
export interface LineCost {
  /** The BPF function, as BTF has it; empty without BTF. */
  readonly function: string;
  /** Empty for instructions without line info, and for those that the log does not name. */
  readonly file: string;
  readonly line: number;
  readonly text: string;
  /** Instructions that were made of the line. */
  readonly insns: number;
  /** Instructions visited. */
  readonly visits: number;
  /** How often the verifier went through the line: the visits of its most visited instruction. */
  readonly passes: number;
  /** Visits that ended a path: the state was one that had been found safe. */
  readonly pruned: number;
}

/**
 * Of which programs it is counted. `all`: of each that comes to the verifier. `grown`: where an object costs more than the
 * first one does (compare), or than its baseline says, by more than the limits allow.
 */
export type CostPolicy =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'grown-from-first'; readonly limits: StatLimits }
  | { readonly kind: 'grown-from-baseline'; readonly limits: StatLimits; readonly baseline: readonly KnownInsns[] };

/** Instructions that a program took when the baseline was written. */
export interface KnownInsns {
  readonly kernel: KernelId;
  readonly object: string;
  readonly program: string;
  readonly insns: number;
}

/** Is every instruction that the verifier counted in the lines? */
export const isExactCost = ({ insns, counted }: Pick<ProgramCost, 'insns' | 'counted'>): boolean => insns === counted;
