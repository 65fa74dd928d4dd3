// SPDX-License-Identifier: Apache-2.0

/**
 * One attempt for all who want the same at the same time, kept once it has come to an end of its own. A broken or aborted
 * one says nothing: whoever waited for it and has not given up tries again.
 */
export function sharedTry<K, V>(
  known: Map<K, Promise<V>>,
  key: K,
  attempt: () => Promise<V>,
  signal?: AbortSignal,
): Promise<V> {
  const earlier = known.get(key);
  if (earlier !== undefined) {
    return earlier.catch(() => {
      signal?.throwIfAborted();
      return sharedTry(known, key, attempt, signal);
    });
  }
  const trying = attempt();
  known.set(key, trying);
  trying.catch(() => known.delete(key));
  return trying;
}
