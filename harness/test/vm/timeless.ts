// SPDX-License-Identifier: Apache-2.0
/**
 * A report without what differs between two runs of the same: times, how the machines came up, and the bytes of usable
 * memory, of which one boot of a kernel has a page or two more than another.
 */
export function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== 'object' || value === null) return value;
  const differing = new Set(['started', 'ms', 'bootMs', 'start', 'verificationTime', 'memory']);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !differing.has(name))
      .map(([name, inner]) => [name, timeless(inner)]),
  );
}
