// SPDX-License-Identifier: Apache-2.0
import type { RunReport } from '../../model/report.js';
import { escapeMarkdown } from './markdown.js';
import { oneLine } from './text.js';

/** A program that was not attached although nothing failed. */
interface Unattached {
  /** `object/program`. */
  readonly program: string;
  readonly reason: string;
  readonly kernels: readonly string[];
}

function unattachedOf({ kernels }: RunReport): readonly Unattached[] {
  const rows = new Map<string, Unattached>();
  for (const kernel of kernels) {
    if (kernel.status === 'unavailable') continue;
    for (const { object, programs } of kernel.objects) {
      for (const { name, attach } of programs) {
        if (attach.kind !== 'unattachable') continue;
        const row = { program: `${object}/${name}`, reason: attach.reason };
        const key = JSON.stringify(row);
        rows.set(key, { ...row, kernels: [...(rows.get(key)?.kernels ?? []), kernel.id] });
      }
    }
  }
  return [...rows.values()];
}

/** `object/program  6.1, 6.12: why`. */
export function unattachedLines(report: RunReport): readonly string[] {
  return unattachedOf(report).map(({ program, reason, kernels }) =>
    oneLine(`  ${program}  ${kernels.join(', ')}: ${reason}`),
  );
}

export function unattachedBlocks(report: RunReport): readonly (readonly string[])[] {
  return unattachedOf(report).map(({ program, reason, kernels }) => [
    `- ${escapeMarkdown(program)} (${escapeMarkdown(kernels.join(', '))}): ${escapeMarkdown(reason)}`,
    '',
  ]);
}
