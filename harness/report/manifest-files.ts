import { join } from 'node:path';
import type { ManifestChange, ManifestDiff } from '../model/manifest.js';
import type { RunReport } from '../model/report.js';
import { manifestCodes } from '../model/verdict.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { writeManifest } from '../results/manifest.js';
import { isComplete, manifestOf } from '../verdict/manifest-of.js';
import { code, escape, tableRow } from './markdown-text.js';
import type { Reporter } from './reporter.js';
import { countOf } from './words.js';

/** Writes a manifest of each kernel that ran completely: what `--update` would make the baseline. */
export const manifestReporter: Reporter = {
  name: 'manifests',
  onEnd: (report, out) => writeComplete(report, join(out, 'manifests')),
};

/** Writes `manifest-diff.md` and `manifest-diff.json`. */
export function manifestDiffReporter(baseline: string, diffs: readonly ManifestDiff[]): Reporter {
  return {
    name: 'manifest-diff',
    onEnd: async (_report, out) => {
      const json = `${JSON.stringify({ schema: 1, baseline, kernels: diffs }, null, 2)}\n`;
      await writeFileAtomic(join(out, 'manifest-diff.json'), json);
      await writeFileAtomic(join(out, 'manifest-diff.md'), renderDiff(baseline, diffs));
    },
  };
}

/** Makes the run the baseline. A reporter like the others: a folder that cannot be written fails the run. */
export function baselineWriter(folder: string): Reporter {
  return { name: 'baseline', onEnd: (report) => writeComplete(report, folder) };
}

async function writeComplete(report: RunReport, folder: string): Promise<void> {
  for (const kernel of report.kernels) {
    if (isComplete(kernel)) await writeManifest(folder, manifestOf(report, kernel));
  }
}

export function renderDiff(baseline: string, diffs: readonly ManifestDiff[]): string {
  const changes = diffs.flatMap((diff) => diff.changes);
  const failures = changes.filter(({ kind }) => isFailure(kind));
  const updated = diffs.some((diff) => diff.updated) ? '; the baseline was rewritten by --update' : '';
  const total = `${countOf(failures.length, 'failure')}, ${countOf(changes.length - failures.length, 'note')}`;
  return [
    `## Against ${code(baseline)}`,
    '',
    `${countOf(diffs.length, 'kernel')}: ${total}${updated}.`,
    '',
    ...diffs.flatMap(kernelBlock),
  ].join('\n');
}

function kernelBlock({ kernel, skipped, changes, updated }: ManifestDiff): readonly string[] {
  const word = skipped !== null ? 'not compared' : changes.length === 0 ? 'as in the baseline' : null;
  const head = `### ${escape(kernel)}${word === null ? '' : `: ${word}`}${updated ? ' (rewritten)' : ''}`;
  if (skipped !== null) return [head, '', `${escape(skipped)}.`, ''];
  if (changes.length === 0) return [head, ''];
  const sorted = [...changes.filter(({ kind }) => isFailure(kind)), ...changes.filter(({ kind }) => !isFailure(kind))];
  return [
    head,
    '',
    tableRow(['', 'what', 'item', 'before', 'now']),
    '|---|---|---|---|---|',
    ...sorted.map(row),
    '',
  ];
}

function row({ kind, item, before, now }: ManifestChange): string {
  return tableRow([isFailure(kind) ? '❌' : 'ℹ️', kind, code(item), code(before), code(now)]);
}

function isFailure(kind: ManifestChange['kind']): boolean {
  return manifestCodes.some((one) => one === kind);
}
