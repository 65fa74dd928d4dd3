// SPDX-License-Identifier: Apache-2.0
import { capabilities, type Capability } from '../model/capability.js';

/** Who loads. */
export interface LoaderOptions {
  /** Capabilities that the loader lacks; without it, it has all. */
  readonly withoutCapabilities?: readonly Capability[];
}

/** The field of a request that says so: bit n for capability n. */
export function encodeLoader({ withoutCapabilities: names = [] }: LoaderOptions): {
  readonly withoutCapabilities: number | undefined;
} {
  if (names.length === 0) return { withoutCapabilities: undefined };
  const numbers = new Set(names.map((name) => capabilities.indexOf(name)));
  // The numbers go beyond the 32 bits of `|`.
  return { withoutCapabilities: [...numbers].reduce((sum, number) => sum + 2 ** number, 0) };
}
