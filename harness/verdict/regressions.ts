// SPDX-License-Identifier: Apache-2.0
import type { ManifestChange, ManifestProgram, ManifestStats, StatLimits } from '../model/manifest.js';
import { isRegression, type LimitedStat, limitOf, statItem } from '../model/stat-limits.js';

const fields = { insns: 'insns', states: 'totalStates' } as const satisfies Record<LimitedStat, keyof ManifestStats>;

/**
 * What the verifier has more work with than before. Less work never fails, and a number that is gone does: nobody could
 * tell any longer. Of a program that does not load there is nothing to say here.
 */
export function regressionsOf(
  item: string,
  before: ManifestProgram,
  now: ManifestProgram,
  limits: StatLimits,
): readonly ManifestChange[] {
  if (before.load !== 'loaded' || now.load !== 'loaded') return [];
  return (['insns', 'states'] as const).flatMap((stat): readonly ManifestChange[] => {
    const [old, current] = [before.stats?.[fields[stat]] ?? null, now.stats?.[fields[stat]] ?? null];
    const change = { item: statItem(item, stat), before: wordOf(old), now: wordOf(current) };
    if (current === null) return old === null ? [] : [{ kind: 'STATS_LOST', ...change }];
    if (old === null) return [{ kind: 'MANIFEST_NO_BASELINE', ...change }];
    if (!isRegression(old, current, limitOf(limits, now.name, stat))) return [];
    return [{ kind: 'VERIFIER_REGRESSION', ...change, now: `${current} (${growthText(old, current)})` }];
  });
}

/** `+30.0 %`; of nothing there is no percentage. */
export function growthText(before: number, now: number): string {
  if (before === 0) return now === 0 ? '+0.0 %' : 'new';
  const percent = ((now - before) / before) * 100;
  return `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`;
}

function wordOf(value: number | null): string {
  return value === null ? 'no row' : String(value);
}
