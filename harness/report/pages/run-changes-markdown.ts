// SPDX-License-Identifier: Apache-2.0
import type { Verdict } from '../../model/verdict.js';
import { isBaselineFinding, isBaselineNote } from '../../verdict/baseline-texts.js';
import type { PageEntry } from '../html/page-data.js';
import { changeEntries } from '../html/change-entries.js';
import type { FinishedRun } from '../reporter.js';
import { type Block, escapeMarkdown } from '../views/markdown.js';

/** What is other than in the baseline, in Markdown: a line each for all kernels that show it. */
export interface ChangedBlocks {
  readonly worse: readonly Block[];
  readonly other: readonly Block[];
}

/** Nothing where no baseline was compared; the findings of the run say then what is wrong with it. */
export function changedBlocks({ report, baseline }: FinishedRun): ChangedBlocks {
  const entries = changeEntries({ report, diffs: baseline?.diffs ?? null, target: () => null });
  const of = (group: PageEntry['group']): readonly Block[] => {
    const lines = entries.filter(({ entry }) => entry.group === group).map(({ entry }) => [changeLine(entry)]);
    return lines.length === 0 ? [] : [...lines, ['']];
  };
  return { worse: of('Against the baseline'), other: of('Changes') };
}

function changeLine({ tone, kernels, code, title, line }: PageEntry): string {
  const symbol = tone === 'bad' ? '❌' : tone === 'good' ? '✅' : 'ℹ️';
  const where = kernels.map((kernel) => `**${escapeMarkdown(kernel)}**`).join(', ');
  return `- ${symbol} ${where} ${code}: ${escapeMarkdown(title)}: ${escapeMarkdown(line ?? '')}`;
}

/** Is it in one of those lines, where there are any. */
export function isChangeShown(
  { baseline }: FinishedRun,
  what: { readonly verdict: Verdict } | { readonly note: string },
): boolean {
  if (baseline?.diffs == null) return false;
  return 'verdict' in what ? isBaselineFinding(what.verdict) : isBaselineNote(what.note);
}
