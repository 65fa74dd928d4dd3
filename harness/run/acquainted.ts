// SPDX-License-Identifier: Apache-2.0
import { type Acquaintance, FirstAcquaintance } from '../scenarios/acquaintance.js';

/**
 * The machines of an environment: the others wait for what the first finds out about the agent, and begin with that. Those
 * that began with what a void session knew are asked once more. Results are in the order of the machines, but
 * for those on which nothing else could be looked at. Rejects with the first reason of any, once all have ended.
 */
export async function acquaintedMachines<T>(
  lead: (first: FirstAcquaintance) => Promise<T>,
  others: readonly ((known: Acquaintance) => Promise<T>)[],
): Promise<readonly [T, ...T[]]> {
  const first = new FirstAcquaintance();
  const led = lead(first).finally(first.end);
  const rest = others.map((other) => onceAcquainted(first, led, other));
  await Promise.allSettled([led, ...rest]);
  return [await led, ...(await Promise.all(rest)).flat()];
}

async function onceAcquainted<T>(
  first: FirstAcquaintance,
  led: Promise<unknown>,
  other: (known: Acquaintance) => Promise<T>,
): Promise<readonly T[]> {
  for (;;) {
    const known = await first.wait();
    if (known === null) return [];
    const result = await other(known);
    await led;
    if (first.holds(known)) return [result];
  }
}
