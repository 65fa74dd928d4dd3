// SPDX-License-Identifier: Apache-2.0
import type { ProgramCode } from './verdict.js';

export const expectKinds = ['optional', 'required', 'fails'] as const;
export type ExpectKind = (typeof expectKinds)[number];

/** What the configuration says of some programs on some kernels. Of several that match, the last holds. */
export interface Expectation {
  /** Pattern over names of objects, as reports have them. */
  readonly object: string;
  /** Pattern over names of programs. */
  readonly program: string;
  /** A range as it was written (config/kernel-range.ts); null for every kernel. */
  readonly kernels: string | null;
  readonly expect: ExpectKind;
  /** What it `fails` with; null for any code. */
  readonly code: ProgramCode | null;
  /** Why, in the words of whoever wrote it. */
  readonly reason: string;
  /**
   * Of our own objects: it holds where the kernel's configuration says that this is so, and what fails has to fail by this.
   * Absent from what a configuration says.
   */
  readonly cause?: 'no-direct-calls';
}

/** The expectations that a run is held against. */
export interface ExpectationList {
  /** `part`: objects or programs were named for this one run, so that an entry may be about others. */
  readonly scope: 'whole' | 'part';
  readonly entries: readonly Expectation[];
}

export const noExpectations: ExpectationList = { scope: 'part', entries: [] };

/**
 * What was expected of one program on one kernel. `outcome`: it `fails` as expected (`holds`), with another code, or not
 * at all (`passes`); `undecided` where it loads, should fail to attach, and was not attached.
 */
export type ProgramExpectation =
  | { readonly expect: 'optional' | 'required'; readonly reason: string }
  | {
      readonly expect: 'fails';
      readonly code: ProgramCode | null;
      readonly reason: string;
      readonly outcome: 'holds' | 'other-code' | 'passes' | 'undecided';
    };
