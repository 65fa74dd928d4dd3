// SPDX-License-Identifier: Apache-2.0
import type { KernelReport, RunReport } from '../../model/report.js';
import { wholeObject } from './cases.js';
import { checkGridOf, checkLegend, checkText, claimText } from './check-grid.js';
import type { Cell, Grid, GridRow } from './grid.js';
import { cellLabels, type CellKind, type CellText, type Tone } from './labels.js';
import { code, escape, tableRow } from './markdown.js';
import { supportView } from './support.js';

/** Over this many rows, those that are the same good news on every kernel are counted instead of listed. */
const longTable = 200;
/** No table is longer: it would take the room of the evidence. */
const longestTable = 500;

/** The table programs x kernels of one object with a legend of what is in it, as one block. */
export function programTable(grid: Grid, several: boolean): readonly string[] {
  const worth = grid.rows.length > longTable ? grid.rows.filter((row) => !isAllGood(row)) : grid.rows;
  const rows = worth.slice(0, longestTable);
  return [
    ...(several ? [`**${escape(grid.object)}**`, ''] : []),
    tableRow([several ? 'program' : escape(grid.object), ...grid.kernels.map(kernelHead)]),
    tableRow(['---', ...grid.kernels.map(() => ':-:')]),
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
  return release === undefined ? escape(kernel.id) : `${escape(kernel.id)}<br><sub>${escape(release)}</sub>`;
}

function gridRow(row: GridRow): string {
  const name = row.name === wholeObject ? `**${wholeObject}**` : code(row.name);
  return tableRow([name, ...row.cells.map(programCell)]);
}

function programCell(cell: Cell): string {
  const { symbol } = cellLabels[cell.kind];
  return cell.code === null ? symbol : `${symbol}<br><sub>${escape(cell.code)}</sub>`;
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

/** Which kernels take each program that some refuse, and what stops it; null where there is nothing to say. */
export function supportTable(report: RunReport): readonly string[] | null {
  const view = supportView(report);
  if (view === null || view.rows.length === 0) return null;
  const rows = view.rows.slice(0, longestTable);
  return [
    tableRow(['program', 'taken', 'stopped by']),
    tableRow(['---', '---', '---']),
    ...rows.map(({ programs, where, stops }) => {
      const what = stops.map(({ kernels, what }) => `<b>${escape(kernels)}</b> ${escape(what)}`);
      return tableRow([programs.map(code).join(', '), escape(where), what.join('<br>')]);
    }),
    '',
    ...note(view.rows.length - rows.length, 'more rows are in run.json.'),
    ...note(view.everywhere, 'other programs are taken by every kernel.'),
  ];
}

/** The table classes x kernels below what the agent claimed, with a legend; null when no scenario ran. */
export function checkTable(report: RunReport): readonly string[] | null {
  const grid = checkGridOf(report);
  if (grid === null) return null;
  const signs = checkLegend(grid).map(({ sign, meaning }) => `<b>${escape(sign)}</b> ${escape(meaning)}`);
  return [
    tableRow([escape(report.agent?.name ?? 'checks'), ...grid.kernels.map(({ id }) => escape(id))]),
    tableRow(['---', ...grid.kernels.map(() => ':-:')]),
    ...grid.claims.map(({ label, cells }) => tableRow([label, ...cells.map((cell) => checkCell(claimText(cell)))])),
    ...grid.rows.map(({ label, cells }) => tableRow([label, ...cells.map((cell) => checkCell(checkText(cell)))])),
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
  return `${symbols[tone]}${escape(text)}`;
}
