// SPDX-License-Identifier: Apache-2.0
import type { KernelReport, RunReport } from '../../model/report.js';
import { wholeObject } from './cases.js';
import { type CheckGrid, checkGridOf, checkLegend, checkText, claimText } from './check-grid.js';
import type { Cell, Grid, GridRow } from './grid.js';
import { cellLabels, type CellKind, type CellText } from './labels.js';
import { formatCount } from './format.js';
import { markdownCode, markdownDetails, escapeMarkdown, markdownTableRow } from './markdown.js';
import { supportView } from './support.js';
import { checkTotals } from './totals.js';
import type { Tone } from './tone.js';

/** Over this many rows, those that are the same good news on every kernel are counted instead of listed. */
const longTable = 200;
/** No table is longer: it would take the room of the evidence. */
const longestTable = 500;

/** The table programs x kernels of one object with a legend of what is in it, as one block; folded where all is green. */
export function programTable(grid: Grid, several: boolean): readonly string[] {
  const table = openProgramTable(grid, several);
  const isGreen = grid.rows.every((row) => row.cells.every(({ kind }) => isGreenTone(cellLabels[kind].tone)));
  const programs = grid.rows.filter(({ section }) => section !== null).length;
  const counts = `${formatCount(programs, 'program')} on ${formatCount(grid.kernels.length, 'kernel')}`;
  return isGreen ? markdownDetails(`✅ ${escapeMarkdown(grid.object)}: ${counts}`, table) : table;
}

/** Dull is what was not asked: it is reported elsewhere, and a table of it shows nothing. */
function isGreenTone(tone: Tone): boolean {
  return tone === 'good' || tone === 'dull';
}

function openProgramTable(grid: Grid, several: boolean): readonly string[] {
  const worth = grid.rows.length > longTable ? grid.rows.filter((row) => !isAllGood(row)) : grid.rows;
  const rows = worth.slice(0, longestTable);
  return [
    ...(several ? [`**${escapeMarkdown(grid.object)}**`, ''] : []),
    markdownTableRow([several ? 'program' : escapeMarkdown(grid.object), ...grid.kernels.map(kernelHead)]),
    markdownTableRow(['---', ...grid.kernels.map(() => ':-:')]),
    ...rows.map(gridRow),
    '',
    ...note(grid.rows.length - worth.length, `more programs are ${cellLabels.ok.symbol} on every kernel.`),
    ...note(worth.length - rows.length, 'more rows are in run.json.'),
    ...legend(grid),
  ];
}

function isAllGood(row: GridRow): boolean {
  return row.name !== wholeObject && row.cells.every((cell) => cell.kind === 'ok');
}

function note(count: number, text: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${text}`, ''];
}

function kernelHead(kernel: KernelReport): string {
  const release = kernel.status === 'unavailable' ? kernel.reason : kernel.facts?.release;
  return release === undefined
    ? escapeMarkdown(kernel.id)
    : `${escapeMarkdown(kernel.id)}<br><sub>${escapeMarkdown(release)}</sub>`;
}

function gridRow(row: GridRow): string {
  const name = row.name === wholeObject ? `**${wholeObject}**` : markdownCode(row.name);
  return markdownTableRow([name, ...row.cells.map(programCell)]);
}

function programCell(cell: Cell): string {
  const { symbol } = cellLabels[cell.kind];
  return cell.code === null ? symbol : `${symbol}<br><sub>${escapeMarkdown(cell.code)}</sub>`;
}

function legend(grid: Grid): readonly string[] {
  const used = new Set(grid.rows.flatMap((row) => row.cells.map((cell) => cell.kind)));
  const kinds = (Object.keys(cellLabels) as CellKind[]).filter((kind) => used.has(kind) && kind !== 'fail');
  if (kinds.length === 0) return [];
  return [
    `<sub>${kinds.map((kind) => `${cellLabels[kind].symbol} ${cellLabels[kind].meaning}`).join(' · ')}</sub>`,
    '',
  ];
}

function agentNames({ agent, others }: RunReport): readonly string[] {
  return agent === null ? [] : [agent, ...others].map(({ name }) => name);
}

/** Which kernels take each program that some refuse, and what stops it; null where there is nothing to say. */
export function supportTable(report: RunReport): readonly string[] | null {
  const view = supportView(report);
  if (view === null || view.rows.length === 0) return null;
  const rows = view.rows.slice(0, longestTable);
  return [
    markdownTableRow(['program', 'taken', 'stopped by']),
    markdownTableRow(['---', '---', '---']),
    ...rows.map(({ programs, where, stops }) => {
      const what = stops.map(({ kernels, what }) => `<b>${escapeMarkdown(kernels)}</b> ${escapeMarkdown(what)}`);
      return markdownTableRow([programs.map(markdownCode).join(', '), escapeMarkdown(where), what.join('<br>')]);
    }),
    '',
    ...note(view.rows.length - rows.length, 'more rows are in run.json.'),
    ...note(view.everywhere, 'other programs are taken by every kernel.'),
  ];
}

/** The table classes x kernels below what the agent claimed, with a legend, folded where all is green; null when no scenario ran. */
export function checkTable(report: RunReport): readonly string[] | null {
  const grid = checkGridOf(report);
  if (grid === null) return null;
  const texts = [
    ...grid.claims.flatMap(({ cells }) => cells.map(claimText)),
    ...grid.rows.flatMap(({ cells }) => cells.map(checkText)),
  ];
  const table = openCheckTable(report, grid);
  if (!texts.every(({ tone }) => isGreenTone(tone))) return table;
  return markdownDetails(`✅ ${escapeMarkdown(checkTotals(report).join('. '))}`, table);
}

function openCheckTable(report: RunReport, grid: CheckGrid): readonly string[] {
  const signs = checkLegend(grid).map(
    ({ sign, meaning }) => `<b>${escapeMarkdown(sign)}</b> ${escapeMarkdown(meaning)}`,
  );
  return [
    markdownTableRow([
      escapeMarkdown(agentNames(report).join(', ') || 'checks'),
      ...grid.kernels.map(({ id }) => escapeMarkdown(id)),
    ]),
    markdownTableRow(['---', ...grid.kernels.map(() => ':-:')]),
    ...grid.claims.map(({ label, cells }) =>
      markdownTableRow([label, ...cells.map((cell) => checkCell(claimText(cell)))]),
    ),
    ...grid.rows.map(({ label, cells }) =>
      markdownTableRow([label, ...cells.map((cell) => checkCell(checkText(cell)))]),
    ),
    '',
    `<sub>${signs.join(' · ')}</sub>`,
    '',
  ];
}

const symbols: Readonly<Record<Tone, string>> = {
  good: '✅ ',
  bad: '❌ ',
  warn: '⚠️ ',
  dull: '',
};

function checkCell({ text, tone }: CellText): string {
  return `${symbols[tone]}${escapeMarkdown(text)}`;
}
