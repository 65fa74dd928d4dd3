// SPDX-License-Identifier: Apache-2.0
import { capabilities, type Capability } from '../model/capability.js';
import type { ObjectNeeds } from '../model/needs.js';
import { needLines } from './needs.js';

/** Who loads, and what the object gets of it. */
export interface LoaderOptions {
  /** Capabilities that the loader lacks; without it, it has all. */
  readonly withoutCapabilities?: readonly Capability[];
  /** What the object needs of its loader; without it, nothing. */
  readonly needs?: ObjectNeeds | null;
}

/** The fields of a request that say so; capabilities as bit n for number n. */
export function encodeLoader({ withoutCapabilities: names = [], needs = null }: LoaderOptions): {
  readonly withoutCapabilities: number | undefined;
  readonly need: readonly string[];
} {
  const need = needs === null ? [] : needLines(needs);
  if (names.length === 0) return { withoutCapabilities: undefined, need };
  const numbers = new Set(names.map((name) => capabilities.indexOf(name)));
  // The numbers go beyond the 32 bits of `|`.
  return { withoutCapabilities: [...numbers].reduce((sum, number) => sum + 2 ** number, 0), need };
}
