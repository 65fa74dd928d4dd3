// SPDX-License-Identifier: Apache-2.0
import { lockEntryOf } from '../../kernels/lock-entry.js';
import { lockVersion, renderLock } from '../../kernels/lock.js';
import type { ManifestChange, ManifestDiff } from '../../model/manifest.js';
import type { RunReport } from '../../model/report.js';
import { isManifestCode } from '../../model/verdict.js';
import { writeKernelCosts } from '../../results/cost-baseline.js';
import { renderManifest, writeManifest } from '../../results/manifest.js';
import { manifestDiffName, renderManifestDiffJson } from '../../results/manifest-diff.js';
import { manifestName } from '../../results/paths.js';
import { describeBlamedLines } from '../../verdict/describe-blame.js';
import { costsOf } from '../../verdict/known-costs.js';
import { mayBeBaseline, manifestsOf } from '../../verdict/manifest-of.js';
import type { ReporterDefinition } from '../reporter.js';
import { formatCount } from '../views/format.js';
import { markdownCode, escapeMarkdown, markdownTableRow } from '../views/markdown.js';

/**
 * `manifests/<kernel>.json` of a whole run, which --update would make the baseline; `manifest-diff.md`, `.json`; and
 * `offered-lock.json`, with what would lock the pending kernels of the run.
 */
export const manifestReporter: ReporterDefinition = {
  writes: 'folder',
  kinds: {
    run: ({ save }) => ({
      name: 'manifest',
      onEnd: async ({ report, baseline }) => {
        const offered = offeredLock(report);
        if (offered !== null) await save('offered-lock.json', offered);
        if (baseline === null) return;
        // The manifest of a part would be taken for one of the whole.
        const kernels = baseline.scope === 'whole' ? report.kernels.filter(mayBeBaseline) : [];
        for (const kernel of kernels) {
          for (const manifest of manifestsOf(report, kernel))
            await save(`manifests/${manifestName(kernel.id, manifest.contract)}`, renderManifest(manifest));
        }
        if (baseline.diffs === null) return;
        const { folder, diffs } = baseline;
        await save(manifestDiffName, renderManifestDiffJson({ baseline: folder, kernels: diffs }));
        await save('manifest-diff.md', renderManifestDiff(folder, diffs));
      },
    }),
  },
};

/** A lock of the pending kernels that ran; null without. */
function offeredLock({ kernels }: RunReport): string | null {
  const entries = kernels.flatMap((kernel) => {
    const entry =
      kernel.status === 'ran' && kernel.identity.lock === 'pending' ? lockEntryOf(kernel.identity, null) : null;
    return entry === null ? [] : [[kernel.id, entry] as const];
  });
  return entries.length === 0 ? null : renderLock({ schema: lockVersion, kernels: Object.fromEntries(entries) }, []);
}

/** Writes a baseline, whatever else is reported. */
export interface BaselineWriter {
  readonly name: string;
  onEnd(): Promise<void>;
}

/** Makes the run the baseline. It runs with the reporters: a folder that cannot be written fails the run. */
export function baselineWriter(report: RunReport, folder: string): BaselineWriter {
  return {
    name: 'baseline',
    onEnd: async () => {
      const kernels = report.kernels.filter(mayBeBaseline);
      for (const manifest of kernels.flatMap((kernel) => manifestsOf(report, kernel)))
        await writeManifest(folder, manifest);
      for (const costs of kernels.flatMap((kernel) => costsOf(kernel) ?? [])) await writeKernelCosts(folder, costs);
    },
  };
}

/** `manifest-diff.md`: totals, then a table a kernel, failures first. */
export function renderManifestDiff(baseline: string, diffs: readonly ManifestDiff[]): string {
  const changes = diffs.flatMap((diff) => diff.changes);
  const failures = changes.filter(({ kind }) => isManifestCode(kind));
  const updated = diffs.some((diff) => diff.updated) ? '; the baseline was rewritten by --update' : '';
  const total = `${formatCount(failures.length, 'failure')}, ${formatCount(changes.length - failures.length, 'note')}`;
  return [
    `## Against ${markdownCode(baseline)}`,
    '',
    `${formatCount(diffs.length, 'kernel')}: ${total}${updated}.`,
    '',
    ...diffs.flatMap(kernelBlock),
  ].join('\n');
}

function kernelBlock({ kernel, skipped, changes, updated }: ManifestDiff): readonly string[] {
  const state = skipped !== null ? 'not compared' : changes.length === 0 ? 'as in the baseline' : null;
  const head = `### ${escapeMarkdown(kernel)}${state === null ? '' : `: ${state}`}${updated ? ' (rewritten)' : ''}`;
  if (skipped !== null) return [head, '', `${escapeMarkdown(skipped)}.`, ''];
  if (changes.length === 0) return [head, ''];
  const sorted = [
    ...changes.filter(({ kind }) => isManifestCode(kind)),
    ...changes.filter(({ kind }) => !isManifestCode(kind)),
  ];
  const rows = sorted.map(changeRow);
  return [head, '', markdownTableRow(['', 'what', 'item', 'before', 'now']), '|---|---|---|---|---|', ...rows, ''];
}

function changeRow({ kind, item, before, now, blame }: ManifestChange): string {
  const lines = blame === undefined ? '' : `<br>${escapeMarkdown(describeBlamedLines(blame))}`;
  return markdownTableRow([
    isManifestCode(kind) ? '❌' : 'ℹ️',
    kind,
    markdownCode(item),
    markdownCode(before),
    `${markdownCode(now)}${lines}`,
  ]);
}
