// SPDX-License-Identifier: Apache-2.0
import type { CompareCell, LoadReason, ReasonGroup } from '../../verdict/compare-kernel.js';
import { formatCount, formatNumber } from './format.js';
import type { CellText } from './labels.js';
import type { Page } from './page.js';
import { columnGroups, tableSpan, tableLines } from './table.js';
import { oneLine } from './text.js';
import { clipText, textWidth } from './width.js';

/** What became of programs, as a comparison, a bisection and a watch show it. */

/** Programs of a group that are named one by one. */
const named = 3;
/** As many sections with the same beginning are shown as one. */
const alike = 3;

/** Up to three programs by name, more by their number and by what their sections begin with. */
export function describePrograms({ programs }: ReasonGroup): string {
  if (programs.length <= named) return programs.map(({ name }) => name).join(', ');
  const families = new Map<string, string[]>();
  for (const { name, section } of programs) {
    const family = /^\??(.*\/[^/_]+_)/.exec(section)?.[1] ?? name;
    families.set(family, [...(families.get(family) ?? []), name]);
  }
  const parts = [...families].flatMap(([family, names]) =>
    names.length >= alike ? [`${family}* (${names.length})`] : names,
  );
  const count = formatCount(programs.length, 'program');
  const [family] = families.keys();
  return families.size === 1 ? `${count} ${family ?? ''}*` : `${count} (${parts.join(', ')})`;
}

/** `VERIFIER_REJECTED: lsm-return-range: At program exit ...`. */
export function describeReason({ code, cause, decidingLine }: LoadReason): string {
  return [code, describeCause({ cause, decidingLine })].filter((part) => part !== null).join(': ');
}

export function describeCause({ cause, decidingLine }: Pick<LoadReason, 'cause' | 'decidingLine'>): string {
  return [cause, decidingLine].filter((part) => part !== null).join(': ');
}

/** What a program comes to, compared with nothing: `11`, `FAIL`. */
export function compareCellAlone(cell: CompareCell): CellText {
  const tone = cell.kind === 'loaded' ? 'good' : cell.kind === 'failed' ? 'bad' : 'dull';
  return { text: sideOf(cell), tone };
}

/** What became of a program from one object to another: `11 -> 13 +18.2 %`, `11 =`, `11 -> FAIL`. */
export function compareCellChange(before: CompareCell | undefined, after: CompareCell | undefined): CellText {
  if (before?.kind === 'loaded' && after?.kind === 'loaded') return { text: bothLoaded(before, after), tone: 'good' };
  const text = `${sideOf(before)} -> ${sideOf(after)}`;
  if (before?.kind === 'loaded') return { text, tone: 'bad' };
  if (after?.kind === 'loaded') return { text, tone: 'warn' };
  return { text: before?.kind === after?.kind ? sideOf(before) : text, tone: 'dull' };
}

type Loaded = Extract<CompareCell, { kind: 'loaded' }>;

function bothLoaded(before: Loaded, after: Loaded): string {
  if (after.change === null) return `${sideOf(before)} -> ${sideOf(after)}`;
  if (after.change === 0) return `${sideOf(after)} =`;
  const sign = after.change > 0 ? '+' : '';
  return `${sideOf(before)} -> ${sideOf(after)} ${sign}${after.change.toFixed(1)} %`;
}

function sideOf(cell: CompareCell | undefined): string {
  if (cell === undefined || cell.kind === 'absent') return 'none';
  if (cell.kind === 'failed') return 'FAIL';
  return cell.insns === null ? 'ok' : formatNumber(cell.insns);
}

/** A column of the table programs x kernels: its cells in the order of the programs. */
export interface ChangeColumn {
  readonly kernel: string;
  readonly cells: readonly CellText[];
}

/** The table programs x kernels, in as many parts as the page needs. */
export function changeTable(
  programs: readonly string[],
  columns: readonly ChangeColumn[],
  page: Page,
): readonly (readonly string[])[] {
  const nameWidth = Math.min(Math.max(0, ...programs.map((name) => textWidth(oneLine(name)))), 32);
  const widths = columns.map(({ kernel, cells }) =>
    Math.max(textWidth(kernel), ...cells.map(({ text }) => text.length)),
  );
  return columnGroups(widths, page.columns - 2 - nameWidth).map((part) => {
    const head = [tableSpan(''), ...part.map((at) => tableSpan(columns[at]?.kernel ?? '', page.palette.strong))];
    const rows = programs.map((name, row) => [
      tableSpan(clipText(oneLine(name), nameWidth)),
      ...part.map((at) => {
        const { text, tone } = columns[at]?.cells[row] ?? { text: '', tone: 'dull' };
        return tableSpan(text, page.palette.tones[tone]);
      }),
    ]);
    return tableLines([head, ...rows], 2, page.columns);
  });
}

/** A group of programs with the same reason on one kernel. */
export interface KernelGroup {
  readonly kernel: string;
  readonly object: string;
  readonly group: ReasonGroup;
}

/** Each group with its evidence; kernels that show the same together. */
export function groupsByKernel(found: readonly KernelGroup[], page: Page): readonly string[] {
  const merged = new Map<string, string[]>();
  for (const { kernel, object, group } of found) {
    const key = groupLines(object, group, page).join('\n');
    merged.set(key, [...(merged.get(key) ?? []), kernel]);
  }
  return [...merged].flatMap(([text, ids]) => [`  ${page.palette.strong(ids.join(', '))}`, ...text.split('\n')]);
}

/** What was refused, why, where, and the page about it. */
function groupLines(object: string, group: ReasonGroup, page: Page): readonly string[] {
  const { source, page: about } = group.reason;
  return [
    `    ${oneLine(`${object}: ${describePrograms(group)}`)}`,
    page.palette.tones.bad(`    ${oneLine(describeReason(group.reason))}`),
    ...(source === null ? [] : [`    at ${oneLine(`${source.file}:${source.line}`)}  ${oneLine(source.text)}`]),
    ...(about === null ? [] : [`    see ${about}`]),
  ];
}
