// SPDX-License-Identifier: Apache-2.0
/** A point release of the kernel: `6.12.43`, or a prefix of some: `6.12`. */
export type PointVersion = readonly number[];

/** Null for what is no version of two or three numbers. */
export function pointVersion(text: string): PointVersion | null {
  return /^\d+\.\d+(?:\.\d+)?$/.test(text) ? text.split('.').map(Number) : null;
}

/** Below 0 when `a` is older. A missing number is 0. */
export function comparePoints(a: PointVersion, b: PointVersion): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Is it at or after `from`, and at or before `to`, which stands for all that begins with it. */
export function isBetween(version: PointVersion, from: PointVersion, to: PointVersion): boolean {
  return comparePoints(version, from) >= 0 && comparePoints(version.slice(0, to.length), to) <= 0;
}

/** `6.12` of `6.12.43`. */
export function seriesOf(id: string): string {
  return id.split('.').slice(0, 2).join('.');
}
