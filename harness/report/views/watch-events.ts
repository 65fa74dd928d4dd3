// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from '../../model/kernel.js';
import type { ObjectIdentity } from '../../model/object.js';
import type { RunChange } from '../../verdict/compare-runs.js';

/** One save and what came of it. */
export interface WatchStep {
  /** 1 for the first run, which nothing is held against. */
  readonly run: number;
  readonly objects: readonly ObjectIdentity[];
  readonly change: RunChange;
  /** Programs on kernels that were not loaded again: what their verifiers get to see of them is the same. */
  readonly known: number;
  /** What was saved first; null for the first run. */
  readonly saved: string | null;
  /** Milliseconds from the save, or from the start, to this answer; `build` and `load` are parts of it. */
  readonly ms: { readonly total: number; readonly build: number; readonly load: number };
}

/** What a watch does, in order. */
export type WatchEvent =
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'building'; readonly command: string }
  | { readonly type: 'loading'; readonly kernels: readonly KernelId[] }
  /** With the compiler's own output. */
  | { readonly type: 'build-failed'; readonly command: string; readonly output: string }
  /** An object that cannot be one, or a source that is gone; the next save may bring it back. */
  | { readonly type: 'unusable'; readonly message: string; readonly next: string }
  /** The objects came out byte for byte as they were. */
  | { readonly type: 'same'; readonly ms: number }
  /** Saved again before the answer: it is asked anew. */
  | { readonly type: 'overtaken' }
  | { readonly type: 'step'; readonly step: WatchStep }
  /** Nothing more is done until the next save. */
  | { readonly type: 'waiting' };
