// SPDX-License-Identifier: Apache-2.0
import type { Tone } from './tone.js';

/** A run of a trend as texts. */
export interface RunView {
  readonly date: string;
  readonly verdict: string;
  readonly tone: Tone;
  readonly kernels: string;
  readonly checks: string;
  readonly time: string;
  readonly host: string;
  /** Why its times are not compared; empty where they are. */
  readonly note: string;
}

/** A row of numbers over all runs of a trend. */
export interface SeriesView {
  readonly kernel: string;
  readonly name: string;
  /** One a run; null where there is none. */
  readonly values: readonly (number | null)[];
  readonly texts: readonly string[];
  readonly first: string;
  readonly last: string;
  /** `x1.21`. */
  readonly ofFirst: string;
  readonly ofBefore: string;
  readonly tone: Tone;
  /** Releases of the kernel, where there were several. */
  readonly note: string;
  readonly isChanged: boolean;
}
