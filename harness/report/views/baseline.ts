// SPDX-License-Identifier: Apache-2.0
import { groupsByKey } from '../../model/grouped-by.js';
import type { ManifestDiff } from '../../model/manifest.js';
import { describeChanges } from '../../verdict/baseline-texts.js';
import { isNewKernel } from '../../verdict/manifest-diff.js';
import type { BaselineResult } from '../reporter.js';
import { formatCount } from './format.js';

/** `baseline reports/baseline: 3 kernels compared, no change`; null where no baseline was looked at. */
export function describeBaseline(result: BaselineResult | null): string | null {
  if (result === null) return null;
  const { folder, diffs, leftAlone } = result;
  if (leftAlone !== null) return `baseline ${folder}: nothing compared: ${leftAlone}`;
  return diffs === null ? null : `baseline ${folder}: ${describeBaselineDiffs(diffs)}`;
}

/** `3 kernels compared, no change`. */
export function describeBaselineDiffs(diffs: readonly ManifestDiff[]): string {
  const compared = diffs.filter(({ skipped }) => skipped === null);
  const left = diffs.filter(({ skipped }) => skipped !== null);
  if (compared.length === 0) return `nothing compared: ${describeLeft(left).join('; ')}`;
  return [describeCompared(compared), ...describeLeft(left).map((text) => `not compared: ${text}`)].join('; ');
}

/** `5.15, 6.8: the kernel could not be had`: each reason once. */
function describeLeft(left: readonly ManifestDiff[]): readonly string[] {
  const reasons = groupsByKey(left, ({ skipped }) => skipped ?? '');
  return [...reasons].map(([reason, diffs]) => `${diffs.map(({ kernel }) => kernel).join(', ')}: ${reason}`);
}

/** A kernel that `--update` writes for the first time has no changes. */
function describeCompared(compared: readonly ManifestDiff[]): string {
  const updated = compared.some((diff) => diff.updated);
  const fresh = updated ? compared.filter(({ changes }) => isNewKernel(changes)) : [];
  const known = compared.filter((diff) => !fresh.includes(diff));
  const changes = describeChanges(known.reduce((sum, diff) => sum + diff.changes.length, 0));
  const kernels = formatCount(compared.length, 'kernel');
  if (!updated) return `${kernels} compared, ${changes}`;
  const news = fresh.length === 0 ? [] : [known.length === 0 ? 'new' : `${fresh.length} new`];
  return [`written by --update: ${kernels}`, ...news, ...(known.length === 0 ? [] : [changes])].join(', ');
}
