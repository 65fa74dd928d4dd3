// SPDX-License-Identifier: Apache-2.0
/** In the order in which each key comes first, and within a group in their own. */
export function groupedBy<T>(all: readonly T[], keyOf: (one: T) => string): readonly (readonly T[])[] {
  return [...groupsByKey(all, keyOf).values()];
}

/** The same by their keys. */
export function groupsByKey<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
