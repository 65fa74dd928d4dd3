// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from '../model/kernel.js';
import { comparePoints, type PointVersion } from '../model/point-release.js';

/** A kernel as a range sees it. */
export interface RangedKernel {
  readonly id: KernelId;
  /** `uname -r`, by which its series is known whatever its id is; null for one that did not boot. */
  readonly release: string | null;
}

export type KernelRange = (kernel: RangedKernel) => boolean;

/**
 * `>=5.15 <6.8, 6.12, 7.x, mine`: commas mean any of, spaces all of. A comparison and `7.x` are about the series, compared
 * as numbers; a bare word is an id, or a series. Null for what is no range.
 */
export function kernelRange(text: string): KernelRange | null {
  const alternatives = text
    .replaceAll(/([<>]=?|=)\s+/g, '$1')
    .split(',')
    .map((part) => part.trim().split(/\s+/).map(termOf));
  const known = alternatives.map((terms) => terms.filter((term) => term !== null));
  if (known.some((terms, index) => terms.length < (alternatives[index]?.length ?? 0))) return null;
  return (kernel) => known.some((terms) => terms.every((term) => term(kernel)));
}

function termOf(word: string): KernelRange | null {
  // `<=6` and `>6` would mean 6.0 to the rule and 6.x to most readers.
  const [, operator = '', version = ''] = /^([<>]=?|=)(\d+\.\d+)$/.exec(word) ?? /^(>=|<)(\d+)$/.exec(word) ?? [];
  if (operator !== '') return (kernel) => compares(operator, seriesNumbers(kernel), version.split('.').map(Number));
  const [, major] = /^(\d+)\.x$/.exec(word) ?? [];
  if (major !== undefined) return (kernel) => seriesNumbers(kernel)?.[0] === Number(major);
  // `6` would be read as 6.x by some, and is the id of nothing.
  if (!/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(word) || /^\d+$/.test(word)) return null;
  return (kernel) => kernel.id === word || seriesNumbers(kernel)?.join('.') === word;
}

function compares(operator: string, series: PointVersion | null, version: PointVersion): boolean {
  if (series === null) return false;
  const order = comparePoints(series, version);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    default:
      return order === 0;
  }
}

/** `[6, 12]`; null for a file of the user's that did not boot and whose id is no version. */
function seriesNumbers({ id, release }: RangedKernel): PointVersion | null {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release ?? id) ?? [];
  return major === undefined ? null : [Number(major), Number(minor)];
}
