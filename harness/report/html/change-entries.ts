// SPDX-License-Identifier: Apache-2.0
import { firstPlace } from '../../model/blame.js';
import { nextSteps } from '../../model/next-steps.js';
import { isManifestCode } from '../../model/verdict.js';
import type { ManifestChange, ManifestDiff } from '../../model/manifest.js';
import type { RunReport } from '../../model/report.js';
import { describeBlamedLines } from '../../verdict/describe-blame.js';
import { isNewKernel } from '../../verdict/manifest-diff.js';
import { foldChanges } from '../../verdict/finding-changes.js';
import { oneLine } from '../views/text.js';
import { docFact, factBlock, pageFact } from './blocks.js';
import { entryId, type PageSource, type PlacedEntry } from './entry.js';
import { placesOfItem } from './item-places.js';

/** What is other than in the baseline, equal changes of several kernels once; what follows from a finding is counted there. */
export function changeEntries({ report, diffs, target }: PageSource): readonly PlacedEntry[] {
  const merged = new Map<string, { readonly change: ManifestChange; readonly kernels: string[] }>();
  for (const diff of diffs ?? []) {
    for (const change of ownChanges(diff, report)) {
      const key = JSON.stringify([change.kind, change.item, change.before, change.now]);
      const before = merged.get(key);
      if (before === undefined) merged.set(key, { change, kernels: [diff.kernel] });
      else before.kernels.push(diff.kernel);
    }
  }
  return [...merged.values()].map(({ change, kernels }) => {
    const { kind, item, before, now, blame } = change;
    const worse = isManifestCode(kind);
    return {
      entry: {
        id: entryId(kind, item, before, now),
        group: worse ? 'Against the baseline' : 'Changes',
        tone: worse ? 'bad' : kind === 'GAINED' ? 'good' : 'warn',
        code: kind,
        kernels,
        title: oneLine(item),
        line: oneLine(`${before} → ${now}${blame === undefined ? '' : `, ${describeBlamedLines(blame)}`}`),
        blocks: worse
          ? factBlock([
              ...pageFact('do', nextSteps[kind]),
              docFact('doc', `docs/failure-codes.md#${kind.toLowerCase()}`, target),
            ])
          : [],
      },
      places: placesOfItem(item, report),
      ...blamedSource(change),
    };
  });
}

/** Where a program costs more, for those who show findings at lines of the source. */
function blamedSource({ blame }: ManifestChange): Pick<PlacedEntry, 'source'> {
  const first = firstPlace(blame);
  if (first === null) return {};
  const { file, line, text } = first;
  return { source: { file, line, text } };
}

/** A kernel that the baseline learns of has nothing to be held against. */
function ownChanges({ kernel, changes, updated }: ManifestDiff, report: RunReport): readonly ManifestChange[] {
  if (updated && isNewKernel(changes)) return [];
  const ran = report.kernels.find(({ id }) => id === kernel);
  return ran === undefined || ran.status === 'unavailable' ? changes : foldChanges(ran.findings, changes).rest;
}
