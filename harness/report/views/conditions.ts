// SPDX-License-Identifier: Apache-2.0
import type { LoadConditions, RunReport } from '../../model/report.js';
import { escapeMarkdown } from './markdown.js';
import { oneLine } from './text.js';

/** What an object was loaded with that is not its own. */
interface ConditionRow {
  readonly object: string;
  readonly text: string;
  readonly kernels: readonly string[];
}

function conditionsOf({ kernels }: RunReport): readonly ConditionRow[] {
  const rows = new Map<string, ConditionRow>();
  for (const kernel of kernels) {
    if (kernel.status === 'unavailable') continue;
    for (const { object, conditions } of kernel.objects) {
      for (const text of conditions === undefined ? [] : sentences(conditions)) {
        const key = JSON.stringify([object, text]);
        rows.set(key, { object, text, kernels: [...(rows.get(key)?.kernels ?? []), kernel.id] });
      }
    }
  }
  return [...rows.values()];
}

/** `given: map counts: max_entries 16`, `as ebpf-go does: value_size of events 4 -> 0`. */
function sentences({ loader, given, differences }: LoadConditions): readonly string[] {
  const changes = differences.map(
    ({ map, attribute, libbpf, ebpfGo }) => `${attribute} of ${map} ${libbpf} -> ${ebpfGo}`,
  );
  return [
    ...(given.length === 0 ? [] : [`given: ${given.join('; ')}`]),
    ...(loader === 'ebpf-go' && changes.length === 0 ? ['as ebpf-go does: nothing that libbpf does not'] : []),
    ...(changes.length === 0
      ? []
      : [`${loader === 'ebpf-go' ? 'as ebpf-go does' : 'ebpf-go would'}: ${changes.join(', ')}`]),
  ];
}

/** `object  6.1, 6.12: text`. */
export const conditionLines = (report: RunReport): readonly string[] =>
  conditionsOf(report).map(({ object, text, kernels }) => oneLine(`  ${object}  ${kernels.join(', ')}: ${text}`));

export const conditionBlocks = (report: RunReport): readonly (readonly string[])[] =>
  conditionsOf(report).map(({ object, text, kernels }) => [
    `- ${escapeMarkdown(object)} (${escapeMarkdown(kernels.join(', '))}): ${escapeMarkdown(text)}`,
    '',
  ]);
