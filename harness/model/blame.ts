// SPDX-License-Identifier: Apache-2.0
import type { LineCost } from './cost.js';
import type { KernelId } from './kernel.js';

/** Where a program costs the verifier more than before. */
export interface Blame {
  /** Instructions visited, of the whole program. */
  readonly before: number;
  readonly now: number;
  /** What is most to blame first: changed lines with a part in it, then by share. Lines that did not grow are left out. */
  readonly lines: readonly BlamedLine[];
  /** The lines of the program add up to what the verifier counted. Without a line: they could not be counted. */
  readonly exact: boolean;
}

/** A line of the source on which more instructions are visited than before. */
export interface BlamedLine extends Pick<LineCost, 'function' | 'file' | 'line' | 'text'> {
  /** Visits of the line before; where nobody wrote them down, the most that they can have been. */
  readonly before: number;
  readonly now: number;
  /** Its part in all that the growing lines grew by, 0 to 1. */
  readonly share: number;
  /** Its text is another than before, or it is new. */
  readonly changed: boolean;
}

/** The line that is most to blame; null where there is none, or it is in no file. */
export function firstPlace(blame: Blame | undefined): BlamedLine | null {
  const [first] = blame?.lines ?? [];
  return first === undefined || first.file === '' ? null : first;
}

/** A line of one program as an earlier run had it. */
export type KnownLine = Pick<LineCost, 'function' | 'file' | 'line' | 'text' | 'visits'>;

/** What a program cost before. */
export interface KnownCost {
  readonly insns: number;
  /** Dearest first. */
  readonly lines: readonly KnownLine[];
  /** Lines that are not named had no more visits than this each; 0 where all are named. */
  readonly unnamed: number;
}

/** Version of a file of costs. Raised when a field changes its meaning or goes. */
export const kernelCostsSchema = 1;

/** The dearest lines of each program on one kernel, beside its manifest in a baseline. */
export interface KernelCosts {
  readonly schema: typeof kernelCostsSchema;
  readonly kernel: KernelId;
  readonly programs: readonly ({ readonly object: string; readonly program: string } & KnownCost)[];
}

/** A line of the source that a finding of a run is put down to. */
export interface BlamedPlace extends BlamedLine {
  readonly kernel: KernelId;
  /** `object/program`. */
  readonly item: string;
}
