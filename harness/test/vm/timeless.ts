// SPDX-License-Identifier: Apache-2.0
/** A report without what differs between two runs of the same: times, and how the machines came up. */
export function timeless(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(timeless);
  if (typeof value !== 'object' || value === null) return value;
  const times = new Set(['started', 'ms', 'bootMs', 'start', 'verificationTime']);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !times.has(name))
      .map(([name, inner]) => [name, timeless(inner)]),
  );
}
