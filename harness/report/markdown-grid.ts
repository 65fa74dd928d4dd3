import type { KernelReport } from '../model/report.js';
import { wholeObject } from './cases.js';
import type { Cell, Grid, GridRow } from './grid.js';
import { code, escape, tableRow } from './markdown-text.js';
import { cellWords, type CellKind } from './words.js';

/** Over this many rows, those that are the same good news on every kernel are counted instead of listed. */
const longTable = 200;

/** The table programs x kernels of one object with a legend of what is in it, as one block. */
export function gridBlock(grid: Grid, several: boolean): readonly string[] {
  const rows = grid.rows.length > longTable ? grid.rows.filter((row) => !row.cells.every(isGood)) : grid.rows;
  const untold = grid.rows.length - rows.length;
  return [
    ...(several ? [`**${escape(grid.object)}**`, ''] : []),
    tableRow([several ? 'program' : escape(grid.object), ...grid.kernels.map(kernelHead)]),
    tableRow(['---', ...grid.kernels.map(() => ':-:')]),
    ...rows.map(gridRow),
    '',
    ...(untold === 0 ? [] : [`${untold} more programs are ${cellWords.ok.symbol} on every kernel.`, '']),
    ...legend(grid),
  ];
}

function kernelHead(kernel: KernelReport): string {
  const release = kernel.status === 'unavailable' ? kernel.reason : kernel.facts?.release;
  return release === undefined ? escape(kernel.id) : `${escape(kernel.id)}<br><sub>${escape(release)}</sub>`;
}

function gridRow(row: GridRow): string {
  const name = row.name === wholeObject ? `**${wholeObject}**` : code(row.name);
  return tableRow([name, ...row.cells.map(cellText)]);
}

function cellText(cell: Cell): string {
  const { symbol } = cellWords[cell.kind];
  return cell.code === null ? symbol : `${symbol}<br><sub>${escape(cell.code)}</sub>`;
}

function isGood(cell: Cell): boolean {
  return cell.kind === 'ok';
}

function legend(grid: Grid): readonly string[] {
  const used = new Set(grid.rows.flatMap((row) => row.cells.map((cell) => cell.kind)));
  const kinds = (Object.keys(cellWords) as CellKind[]).filter((kind) => used.has(kind) && kind !== 'fail');
  if (kinds.length === 0) return [];
  return [`<sub>${kinds.map((kind) => `${cellWords[kind].symbol} ${cellWords[kind].meaning}`).join(' · ')}</sub>`, ''];
}
