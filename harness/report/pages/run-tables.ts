// SPDX-License-Identifier: Apache-2.0
import { eachBuild } from '../../model/builds.js';
import type { ObjectIdentity } from '../../model/object.js';
import type { RunReport } from '../../model/report.js';
import { wholeObject } from '../views/cases.js';
import { checkGridOf, checkLegend, checkText, claimText, type CheckGrid } from '../views/check-grid.js';
import { formatCount, shortCompiler, shortHash } from '../views/format.js';
import type { Grid } from '../views/grid.js';
import { cellLabels, type CellKind, type CellText } from '../views/labels.js';
import type { Page } from '../views/page.js';
import { supportView, type SupportRow } from '../views/support.js';
import { columnGroups, tableSpan, tableLines, type Span } from '../views/table.js';
import { oneLine } from '../views/text.js';
import { clipText, padText, textWidth } from '../views/width.js';

/** A row of texts, before it is cut into the columns that fit. */
interface Row {
  readonly label: string;
  readonly cells: readonly CellText[];
}

/** The table classes x kernels below what the agent claimed, in as many parts as the page needs. */
export function checkGridLines(report: RunReport, page: Page): readonly string[] {
  const grid = checkGridOf(report);
  if (grid === null) return [];
  const rows = fittingRows(grid, page);
  const parts = groupsOf(grid, rows, page);
  return [
    ...agentLines(report, page),
    ...parts.flatMap((part, index) => [...(index > 0 ? [''] : []), ...checkPart(grid, rows, part, page)]),
    ...checkLegend(grid).map(({ sign, meaning }) => page.palette.dim(`  ${sign.padEnd(6)} ${meaning}`)),
  ];
}

function agentLines({ agent, others }: RunReport, page: Page): readonly string[] {
  if (agent === null) return [page.palette.strong('Checks')];
  return [agent, ...others].flatMap((one) => {
    const files = eachBuild(one).map(({ build, named }) => {
      const facts = `${oneLine(build.file)}  sha256 ${shortHash(build.sha256)}${named === null ? '' : `  ${named}`}`;
      return page.palette.dim(`  ${clipText(facts, page.columns - 2)}`);
    });
    return [page.palette.strong(oneLine(one.name)), ...files];
  });
}

/** Long postures go on two lines before the table falls into parts. */
function fittingRows(grid: CheckGrid, page: Page): readonly Row[] {
  const whole = rowsOf(grid, Infinity);
  return groupsOf(grid, whole, page).length > 1 ? rowsOf(grid, postureWidth) : whole;
}

/** `ENFORCE_`, `DEGRADED`. */
const postureWidth = 8;
/** A longer one is nobody's posture. */
const longestPosture = 16;

function rowsOf({ claims, rows }: CheckGrid, postures: number): readonly Row[] {
  return [
    ...claims.flatMap(({ label, cells }) => wrapped({ label, cells: cells.map(claimText) }, postures)),
    ...rows.map(({ label, cells }) => ({ label, cells: cells.map(checkText) })),
  ];
}

/** `ENFORCE_SIGNAL` over two lines, broken after the underscore. */
function wrapped({ label, cells }: Row, room: number): readonly Row[] {
  const clipped = cells.map(({ text, tone }) => ({ text: clipText(text, longestPosture), tone }));
  if (clipped.every(({ text }) => textWidth(text) <= room)) return [{ label, cells: clipped }];
  const halves = clipped.map(({ text, tone }) => {
    const at = textWidth(text) <= room ? text.length : text.indexOf('_') + 1;
    const cut = at === 0 ? text.length : at;
    return { tone, first: text.slice(0, cut), second: text.slice(cut) };
  });
  return [
    { label, cells: halves.map(({ first, tone }) => ({ text: first, tone })) },
    { label: '', cells: halves.map(({ second, tone }) => ({ text: second, tone })) },
  ];
}

function groupsOf({ kernels }: CheckGrid, rows: readonly Row[], page: Page): readonly (readonly number[])[] {
  const labels = Math.max(...rows.map(({ label }) => label.length));
  const widths = kernels.map((kernel, at) =>
    Math.max(kernel.id.length, ...rows.map(({ cells }) => textWidth(cells[at]?.text ?? ''))),
  );
  return columnGroups(widths, page.columns - 2 - labels);
}

function checkPart(
  { kernels }: CheckGrid,
  rows: readonly Row[],
  part: readonly number[],
  page: Page,
): readonly string[] {
  const head = [tableSpan(''), ...part.map((at) => tableSpan(kernels[at]?.id ?? '', page.palette.strong))];
  const body = rows.map(({ label, cells }): readonly Span[] => [
    tableSpan(label),
    ...part.map((at) => {
      const { text, tone } = cells[at] ?? { text: '', tone: 'dull' };
      return tableSpan(text, page.palette.tones[tone]);
    }),
  ]);
  return tableLines([head, ...body], 2, page.columns);
}

/** The table programs x kernels of one object, in as many parts as the page needs, and what its labels mean. */
export function gridLines(grid: Grid, identity: ObjectIdentity, page: Page): readonly string[] {
  const longest = Math.max(...grid.rows.map((row) => textWidth(oneLine(row.name))));
  const nameWidth = Math.min(longest, Math.max(16, Math.floor(page.columns / 2)));
  const widths = grid.kernels.map((kernel, index) =>
    Math.max(kernel.id.length, ...grid.rows.map((row) => cellLabels[row.cells[index]?.kind ?? 'unknown'].text.length)),
  );
  const parts = columnGroups(widths, page.columns - 2 - nameWidth);
  return [
    ...objectLines(identity, page),
    ...parts.flatMap((part, index) => [...(index > 0 ? [''] : []), ...programPart(grid, part, nameWidth, page)]),
    ...legend(grid, page),
  ];
}

function objectLines(identity: ObjectIdentity, page: Page): readonly string[] {
  const files = eachBuild(identity).map(({ build, named }) => {
    const facts = `${oneLine(build.file)}  sha256 ${shortHash(build.sha256)}  ${oneLine(shortCompiler(build))}`;
    return page.palette.dim(`  ${clipText(`${facts}${named === null ? '' : `  ${named}`}`, page.columns - 2)}`);
  });
  return [page.palette.strong(oneLine(identity.name)), ...files];
}

function programPart(grid: Grid, part: readonly number[], nameWidth: number, page: Page): readonly string[] {
  const head = [
    tableSpan('', page.palette.dim),
    ...part.map((at) => tableSpan(grid.kernels[at]?.id ?? '', page.palette.strong)),
  ];
  const rows = grid.rows.map((row) => [
    tableSpan(clipText(oneLine(row.name), nameWidth), row.name === wholeObject ? page.palette.strong : undefined),
    ...part.map((at) => {
      const { text, tone } = cellLabels[row.cells[at]?.kind ?? 'unknown'];
      return tableSpan(text, page.palette.tones[tone]);
    }),
  ]);
  return tableLines([head, ...rows], 2, page.columns);
}

/** Lines of programs shown; all are in summary.md and run.json. */
const shownSupport = 15;

/** Which kernels take a program that some refuse, and what stops it on each of those; the others as a number. */
export function supportLines(report: RunReport, page: Page): readonly string[] {
  const view = supportView(report);
  if (view === null || view.rows.length === 0) return [];
  const rows = view.rows.slice(0, shownSupport);
  const more = view.rows.slice(shownSupport).flatMap(({ programs }) => programs).length;
  return [
    ...rows.flatMap((row) => supportRow(row, page)),
    ...(more === 0 ? [] : [page.palette.dim(`  and ${formatCount(more, 'more program')} in summary.md`)]),
    ...(view.everywhere === 0
      ? []
      : [page.palette.dim(`  on every kernel: ${formatCount(view.everywhere, 'other program')}`)]),
  ];
}

/** Programs named before the rest is counted. */
const namedPrograms = 3;

function supportRow({ programs, where, stops }: SupportRow, page: Page): readonly string[] {
  const rest = programs.length - namedPrograms;
  const names = `${programs.slice(0, namedPrograms).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const column = Math.max(...stops.map(({ kernels }) => textWidth(kernels)));
  return [
    `  ${clipText(names, Math.max(16, page.columns - 4 - textWidth(where)))}  ${page.palette.strong(where)}`,
    ...stops.map(({ kernels, what }) => clipText(`    ${padText(kernels, column)}  ${what}`, page.columns)),
  ];
}

/** Explains the labels in use; `ok` and `FAIL` explain themselves. */
function legend(grid: Grid, page: Page): readonly string[] {
  const used = new Set(grid.rows.flatMap((row) => row.cells.map((cell) => cell.kind)));
  const kinds = (Object.keys(cellLabels) as CellKind[]).filter((kind) => used.has(kind) && !selfEvident.has(kind));
  return kinds.map((kind) => page.palette.dim(`  ${cellLabels[kind].text.padEnd(5)} ${cellLabels[kind].meaning}`));
}

const selfEvident: ReadonlySet<CellKind> = new Set(['ok', 'fail']);
