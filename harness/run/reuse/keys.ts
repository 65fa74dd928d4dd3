// SPDX-License-Identifier: Apache-2.0
import { dataDigest } from './digest.js';
import type { ClassInputs, SessionInputs } from './inputs.js';

/** Under what a session is kept. */
export interface SessionKeys {
  /** The same for sessions that differ in classes of scenarios alone. */
  readonly base: string;
  readonly key: string;
}

export function sessionKeys({ common, classes }: SessionInputs): SessionKeys {
  const base = dataDigest(common).slice(0, 32);
  return { base, key: sessionKeyOf(base, classes) };
}

export function sessionKeyOf(base: string, classes: ClassInputs): string {
  return dataDigest({ base, classes }).slice(0, 32);
}
