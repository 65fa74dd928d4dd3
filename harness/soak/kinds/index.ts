// SPDX-License-Identifier: Apache-2.0
import type { FaultKind } from '../fault.js';
import { agentKinds } from './agents.js';
import { downloadKinds } from './downloads.js';
import { fileKinds } from './files.js';
import { inputKinds } from './inputs.js';
import { placeKinds } from './places.js';
import { signalKinds } from './signals.js';
import { surroundingKinds } from './surroundings.js';

/** Every kind of fault, in the order of the table. */
export const allKinds: readonly FaultKind[] = [
  ...signalKinds,
  ...fileKinds,
  ...downloadKinds,
  ...placeKinds,
  ...surroundingKinds,
  ...inputKinds,
  ...agentKinds,
];

/** The kinds of `count` faults, each about as often as its share, spread over the run. */
export function scheduleOf(kinds: readonly FaultKind[], count: number): readonly FaultKind[] {
  const shares = kinds.reduce((sum, { share }) => sum + share, 0);
  const given = new Map(kinds.map((kind) => [kind, 0]));
  return Array.from({ length: count }, (_, index) => {
    // Whoever is furthest behind its share.
    const behind = (kind: FaultKind): number => (kind.share / shares) * (index + 1) - (given.get(kind) ?? 0);
    const next = kinds.reduce((most, kind) => (behind(kind) > behind(most) ? kind : most));
    given.set(next, (given.get(next) ?? 0) + 1);
    return next;
  });
}
