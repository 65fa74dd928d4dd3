// SPDX-License-Identifier: Apache-2.0
import type { ObjectReport, PartialReport, RunReport } from '../../model/report.js';
import { type ObjectRemark, remarkBlocks, remarkLines } from './over-kernels.js';

/** An object of which a part loads, and what an agent gets that goes without the rest. */
function partOf(report: ObjectReport): readonly ObjectRemark[] {
  const { object, partial } = report;
  if (partial === undefined) return [];
  return [{ name: object, text: `${describeLeftOut(partial)} ${got(report, partial)}` }];
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
export const partialLines = (report: RunReport): readonly string[] => remarkLines(report, partOf);

export const partialBlocks = (report: RunReport): readonly (readonly string[])[] => remarkBlocks(report, partOf);
