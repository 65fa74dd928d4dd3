// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../../model/assert-never.js';
import type { RunReport } from '../../model/report.js';
import type { ProgramSupport, SupportStretch } from '../../model/support.js';
import { oneLine } from './text.js';

/** What a person has to know: programs that some kernel refuses; of the others how many there are. */
export interface SupportView {
  readonly rows: readonly SupportRow[];
  /** Programs that every kernel takes which answered. */
  readonly everywhere: number;
}

export interface SupportRow {
  /** With the same answers, and refused in the same words in the same place. */
  readonly programs: readonly string[];
  /** `from 5.15`, `up to 6.1`, `only on 6.1, 6.17`. */
  readonly where: string;
  /** A line for each other stretch of kernels, oldest first. */
  readonly stops: readonly { readonly kernels: string; readonly what: string }[];
}

/** Null where there is nothing to compare: fewer than two kernels answered. */
export function supportView({ support, objects }: RunReport): SupportView | null {
  const known = new Set(
    support.flatMap(({ stretches }) => stretches.filter(isAnswer).flatMap(({ kernels }) => kernels)),
  );
  if (known.size < 2) return null;
  const refused = support.filter(({ shape }) => shape !== 'everywhere');
  const everywhere = support.filter(({ shape, stretches }) => shape === 'everywhere' && stretches.some(isAnswer));
  return {
    rows: alike(refused.map((one) => rowOf(one, objects.length > 1))),
    everywhere: everywhere.length,
  };
}

function rowOf(one: ProgramSupport, several: boolean): SupportRow {
  const program = oneLine(several ? `${one.object}/${one.program}` : one.program);
  return { programs: [program], where: whereText(one), stops: one.stretches.flatMap(stopOf) };
}

function alike(rows: readonly SupportRow[]): readonly SupportRow[] {
  const merged = new Map<string, SupportRow>();
  for (const { programs, ...rest } of rows) {
    const key = JSON.stringify(rest);
    merged.set(key, { ...rest, programs: [...(merged.get(key)?.programs ?? []), ...programs] });
  }
  return [...merged.values()];
}

function isAnswer({ answer }: SupportStretch): boolean {
  return answer !== 'unknown';
}

function whereText({ shape, stretches, oldest }: ProgramSupport): string {
  const taken = stretches.filter(({ answer }) => answer === 'taken').flatMap(({ kernels }) => kernels);
  switch (shape) {
    case 'everywhere':
      return 'on every kernel';
    case 'nowhere':
      return 'on no kernel';
    case 'from':
      return `from ${oldest ?? ''}`;
    case 'until':
      return `up to ${taken.at(-1) ?? ''}`;
    case 'mixed':
      return `only on ${taken.join(', ')}`;
    default:
      return assertNever(shape);
  }
}

function stopOf(stretch: SupportStretch): SupportRow['stops'] {
  if (stretch.answer === 'taken') return [];
  const kernels = stretch.kernels.join(', ');
  if (stretch.answer === 'unknown') return [{ kernels, what: 'no answer' }];
  const { code, source, decidingLine } = stretch;
  const place = source === null ? '' : ` at ${source.file.replace(/^.*\//, '')}:${source.line}`;
  return [{ kernels, what: oneLine(`${code}${place}: ${decidingLine}`) }];
}
