// SPDX-License-Identifier: Apache-2.0
/** An entry of the cache as far as its place on the disk goes. */
export interface Occupant {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly used: number;
}

/**
 * Which entries have to go so that the rest takes no more than `limit` bytes: those that were not used for the longest time
 * first, those that this run uses never, even when the limit is then exceeded.
 */
export function evictable(
  occupants: readonly Occupant[],
  inUse: ReadonlySet<string>,
  limit: number,
): readonly string[] {
  let total = occupants.reduce((sum, { size }) => sum + size, 0);
  const oldestFirst = occupants.filter(({ key }) => !inUse.has(key)).sort((a, b) => a.used - b.used);
  const gone: string[] = [];
  for (const { key, size } of oldestFirst) {
    if (total <= limit) break;
    gone.push(key);
    total -= size;
  }
  return gone;
}
