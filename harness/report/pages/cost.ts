// SPDX-License-Identifier: Apache-2.0
import { sumOf } from '../../model/sum.js';
import type { RunReport } from '../../model/report.js';
import { costFault, costPlace, type CostRow, type CostTable, costTables, describeCostCell } from '../views/cost.js';
import { formatCount, formatNumber } from '../views/format.js';
import { type Block, escapeMarkdown, markdownCode, markdownDetails, markdownTableRow } from '../views/markdown.js';
import type { Page } from '../views/page.js';
import { tableLines, tableSpan } from '../views/table.js';
import { oneLine } from '../views/text.js';
import { clipText, padText, textWidth } from '../views/width.js';

/** Programs that a person is shown, and lines of each; of one program alone more. */
const shownPrograms = 5;
const shownLines = { one: 20, many: 8 } as const;

/** A table for each of the dearest programs: what the verifier spends on each line, kernels side by side. */
export function costLines(report: RunReport, page: Page): readonly string[] {
  const tables = costTables(report);
  const lines = tables.length === 1 ? shownLines.one : shownLines.many;
  return [
    ...tables
      .slice(0, shownPrograms)
      .flatMap((table) => [
        `  ${page.palette.strong(oneLine(`${table.object}/${table.program}`))}`,
        ...tableRows(rowsOf(table, lines), page),
        ...faultsOf(table).map((fault) => page.palette.tones.warn(`    ${oneLine(fault)}`)),
        '',
      ]),
    ...moreOf(tables).flatMap((text) => [page.palette.dim(`  ${text}`), '']),
  ];
}

/** The same for `summary.md`: a folded block a program. */
export function costBlocks(report: RunReport): readonly Block[] {
  const tables = costTables(report);
  return [
    ...tables.slice(0, shownPrograms).map((table) => {
      const [head, ...rows] = rowsOf(table, shownLines.one);
      const width = table.kernels.length + 2;
      return markdownDetails(markdownCode(`${table.object}/${table.program}`), [
        ...(head === undefined ? [] : [markdownTableRow(head.map(escapeMarkdown))]),
        markdownTableRow(Array.from({ length: width }, (_, at) => (at === 0 || at === width - 1 ? '---' : '---:'))),
        ...rows.map((row) =>
          markdownTableRow(row.map((text, at) => (at === width - 1 ? codeOf(text) : escapeMarkdown(text)))),
        ),
        '',
        ...faultsOf(table).flatMap((fault) => [`⚠️ ${escapeMarkdown(fault)}`, '']),
      ]);
    }),
    ...moreOf(tables).map((text) => [escapeMarkdown(text), '']),
  ];
}

const codeOf = (text: string): string => (text === '' ? '' : markdownCode(text));

function moreOf(tables: readonly CostTable[]): readonly string[] {
  const more = tables.length - shownPrograms;
  return more > 0 ? [`${formatCount(more, 'more program')}: report.html has the source of all, annotated`] : [];
}

/** Place, a cell a kernel, source; the last row has the lines that are left out. */
function rowsOf({ kernels, rows }: CostTable, limit: number): readonly (readonly string[])[] {
  const [shown, rest] = [rows.slice(0, limit), rows.slice(limit)];
  const all = (pick: (cost: CostTable['kernels'][number]['cost']) => number | null): readonly string[] =>
    kernels.map(({ cost }) => formatted(pick(cost)));
  return [
    ['', ...kernels.map(({ id }) => id), ''],
    ['instructions visited', ...all(({ insns }) => insns), ''],
    [
      'states, at the same time',
      ...kernels.map(({ cost }) => `${formatted(cost.totalStates)}, ${formatted(cost.peakStates)}`),
      '',
    ],
    ...shown.map((row) => [placeOf(row), ...kernels.map(({ cost }, at) => cellOf(row, at, cost)), row.text]),
    ...(rest.length === 0
      ? []
      : [[formatCount(rest.length, 'more line'), ...kernels.map((_, at) => restOf(rest, at)), '']]),
  ];
}

const formatted = (count: number | null): string => (count === null ? '-' : formatNumber(count));

const placeOf = (row: CostRow): string => `${costPlace(row)} ${row.function}`.trim();

/** Visits, their share, and how often the verifier went through the line. */
function cellOf(row: CostRow, at: number, cost: CostTable['kernels'][number]['cost']): string {
  const cell = row.cells[at] ?? null;
  return `${describeCostCell(cell, cost)}${cell === null ? '' : ` ${formatNumber(cell.passes)}x`}`;
}

function restOf(rest: readonly CostRow[], at: number): string {
  return formatNumber(sumOf(rest.map(({ cells }) => cells[at]?.visits ?? 0)));
}

function faultsOf({ kernels }: CostTable): readonly string[] {
  return kernels.flatMap(({ id, cost }) => {
    const fault = costFault(cost);
    return fault === null ? [] : [`${id}: ${fault}`];
  });
}

/** The source, which comes last, has what room the numbers leave. */
function tableRows(rows: readonly (readonly string[])[], page: Page): readonly string[] {
  const numbers = tableLines(
    rows.map((row) => row.slice(0, -1).map((text) => tableSpan(oneLine(text)))),
    4,
    page.columns,
  );
  const width = Math.max(...numbers.map(textWidth)) + 2;
  const room = page.columns - width;
  return numbers.map((line, at) => {
    const source = oneLine(rows[at]?.at(-1) ?? '');
    return room < leastSource || source === ''
      ? line
      : `${padText(line, width)}${page.palette.dim(clipText(source, room))}`;
  });
}

/** Columns below which a piece of source says nothing. */
const leastSource = 12;
