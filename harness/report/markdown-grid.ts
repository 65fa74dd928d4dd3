import type { KernelReport } from '../model/report.js';
import { wholeObject } from './cases.js';
import type { Cell, Grid, GridRow } from './grid.js';
import { code, escape, tableRow } from './markdown-text.js';
import { cellWords, type CellKind } from './words.js';

/** Over this many rows, those that are the same good news on every kernel are counted instead of listed. */
const longTable = 200;
/** No table is longer: it would take the room of the evidence. */
const longestTable = 500;

/** The table programs x kernels of one object with a legend of what is in it, as one block. */
export function gridBlock(grid: Grid, several: boolean): readonly string[] {
  const worth = grid.rows.length > longTable ? grid.rows.filter((row) => !isAllGood(row)) : grid.rows;
  const rows = worth.slice(0, longestTable);
  return [
    ...(several ? [`**${escape(grid.object)}**`, ''] : []),
    tableRow([several ? 'program' : escape(grid.object), ...grid.kernels.map(kernelHead)]),
    tableRow(['---', ...grid.kernels.map(() => ':-:')]),
    ...rows.map(gridRow),
    '',
    ...note(grid.rows.length - worth.length, `more programs are ${cellWords.ok.symbol} on every kernel.`),
    ...note(worth.length - rows.length, 'more rows are in run.json.'),
    ...legend(grid),
  ];
}

function isAllGood(row: GridRow): boolean {
  return row.name !== wholeObject && row.cells.every((cell) => cell.kind === 'ok');
}

function note(count: number, words: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${words}`, ''];
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

function legend(grid: Grid): readonly string[] {
  const used = new Set(grid.rows.flatMap((row) => row.cells.map((cell) => cell.kind)));
  const kinds = (Object.keys(cellWords) as CellKind[]).filter((kind) => used.has(kind) && kind !== 'fail');
  if (kinds.length === 0) return [];
  return [`<sub>${kinds.map((kind) => `${cellWords[kind].symbol} ${cellWords[kind].meaning}`).join(' · ')}</sub>`, ''];
}
