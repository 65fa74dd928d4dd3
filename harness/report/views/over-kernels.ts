// SPDX-License-Identifier: Apache-2.0
import type { ObjectReport, RunReport } from '../../model/report.js';
import { escapeMarkdown } from './markdown.js';
import { oneLine } from './text.js';

/** What is to be said of an object, or of something in it. */
export interface ObjectRemark {
  readonly name: string;
  readonly text: string;
}

interface RemarkOnKernels extends ObjectRemark {
  readonly kernels: readonly string[];
}

/** Equal remarks of several kernels are one. */
function overKernels({ kernels }: RunReport, remarksOf: (object: ObjectReport) => readonly ObjectRemark[]) {
  const rows = new Map<string, RemarkOnKernels>();
  for (const kernel of kernels) {
    if (kernel.status === 'unavailable') continue;
    for (const { name, text } of kernel.objects.flatMap(remarksOf)) {
      const key = JSON.stringify([name, text]);
      rows.set(key, { name, text, kernels: [...(rows.get(key)?.kernels ?? []), kernel.id] });
    }
  }
  return [...rows.values()];
}

/** `name  6.1, 6.12: text`. */
export function remarkLines(
  report: RunReport,
  remarksOf: (object: ObjectReport) => readonly ObjectRemark[],
): readonly string[] {
  return overKernels(report, remarksOf).map(({ name, text, kernels }) =>
    oneLine(`  ${name}  ${kernels.join(', ')}: ${text}`),
  );
}

/** The same in Markdown, one block each. */
export function remarkBlocks(
  report: RunReport,
  remarksOf: (object: ObjectReport) => readonly ObjectRemark[],
): readonly (readonly string[])[] {
  return overKernels(report, remarksOf).map(({ name, text, kernels }) => [
    `- ${escapeMarkdown(name)} (${escapeMarkdown(kernels.join(', '))}): ${escapeMarkdown(text)}`,
    '',
  ]);
}
