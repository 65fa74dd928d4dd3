// SPDX-License-Identifier: Apache-2.0
import type { ObjectReport, PartialReport, RunReport } from '../../model/report.js';
import { escapeMarkdown } from './markdown.js';
import { oneLine } from './text.js';

/** An object of which a part loads, and what an agent gets that goes without the rest. */
interface PartOfObject {
  readonly object: string;
  readonly without: string;
  readonly gets: string;
  readonly kernels: readonly string[];
}

function partsOf({ kernels }: RunReport): readonly PartOfObject[] {
  const rows = new Map<string, PartOfObject>();
  for (const kernel of kernels) {
    if (kernel.status === 'unavailable') continue;
    for (const report of kernel.objects) {
      if (report.partial === undefined) continue;
      const row = {
        object: report.object,
        without: describeLeftOut(report.partial),
        gets: got(report, report.partial),
      };
      const key = JSON.stringify(row);
      rows.set(key, { ...row, kernels: [...(rows.get(key)?.kernels ?? []), kernel.id] });
    }
  }
  return [...rows.values()];
}

/** `without first, second, map events`. */
export function describeLeftOut({ withoutPrograms, withoutMaps }: PartialReport): string {
  return `without ${[...withoutPrograms, ...withoutMaps.map((map) => `map ${map}`)].join(', ')}`;
}

function got({ programs }: ObjectReport, { load }: PartialReport): string {
  if (load.kind === 'failed') return `it does not load either: ${load.why.decidingLine}`;
  const attached = programs.filter(({ attach }) => attach.kind === 'attached').map(({ name }) => name);
  const others = programs.filter(({ attach }) => attach.kind === 'failed' || attach.kind === 'unattachable');
  const rest = others.length === 0 ? '' : `; not attached: ${shortList(others.map(({ name }) => name))}`;
  return `it loads and attaches ${attached.length === 0 ? 'nothing' : shortList(attached)}${rest}`;
}

/** Names that a line has room for. */
const named = 8;

function shortList(names: readonly string[]): string {
  const more = names.length - named;
  return more > 0 ? `${names.slice(0, named).join(', ')} and ${more} more` : names.join(', ');
}

/** `object  6.1, 6.12: without first it loads and attaches second`. */
export function partialLines(report: RunReport): readonly string[] {
  return partsOf(report).map(({ object, without, gets, kernels }) =>
    oneLine(`  ${object}  ${kernels.join(', ')}: ${without} ${gets}`),
  );
}

export function partialBlocks(report: RunReport): readonly (readonly string[])[] {
  return partsOf(report).map(({ object, without, gets, kernels }) => [
    `- ${escapeMarkdown(object)} (${escapeMarkdown(kernels.join(', '))}): ${escapeMarkdown(`${without} ${gets}`)}`,
    '',
  ]);
}
