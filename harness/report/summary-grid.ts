import type { ObjectIdentity } from '../model/object.js';
import { wholeObject } from './cases.js';
import type { Grid } from './grid.js';
import type { Page } from './page.js';
import { columnGroups, span, tableLines } from './table.js';
import { clip, oneLine, width } from './text.js';
import { cellWords, shortCompiler, shortHash, type CellKind } from './words.js';

/** The table programs x kernels of one object, in as many parts as the page needs, and what its words mean. */
export function gridLines(grid: Grid, identity: ObjectIdentity, page: Page): readonly string[] {
  const longest = Math.max(...grid.rows.map((row) => width(oneLine(row.name))));
  const nameWidth = Math.min(longest, Math.max(16, Math.floor(page.columns / 2)));
  const widths = grid.kernels.map((kernel, index) =>
    Math.max(kernel.id.length, ...grid.rows.map((row) => cellWords[row.cells[index]?.kind ?? 'unknown'].word.length)),
  );
  const parts = columnGroups(widths, page.columns - 2 - nameWidth);
  return [
    ...objectLines(identity, page),
    ...parts.flatMap((part, index) => [...(index > 0 ? [''] : []), ...partLines(grid, part, nameWidth, page)]),
    ...legend(grid, page),
  ];
}

function objectLines(identity: ObjectIdentity, page: Page): readonly string[] {
  const facts = `${oneLine(identity.file)}  sha256 ${shortHash(identity.sha256)}  ${oneLine(shortCompiler(identity))}`;
  return [page.palette.strong(oneLine(identity.name)), page.palette.dim(`  ${clip(facts, page.columns - 2)}`)];
}

function partLines(grid: Grid, part: readonly number[], nameWidth: number, page: Page): readonly string[] {
  const head = [span('', page.palette.dim), ...part.map((at) => span(grid.kernels[at]?.id ?? '', page.palette.strong))];
  const rows = grid.rows.map((row) => [
    span(clip(oneLine(row.name), nameWidth), row.name === wholeObject ? page.palette.strong : undefined),
    ...part.map((at) => {
      const { word, tone } = cellWords[row.cells[at]?.kind ?? 'unknown'];
      return span(word, page.palette.tones[tone]);
    }),
  ]);
  return tableLines([head, ...rows], 2, page.columns);
}

/** Explains the words in use; `ok` and `FAIL` explain themselves. */
function legend(grid: Grid, page: Page): readonly string[] {
  const used = new Set(grid.rows.flatMap((row) => row.cells.map((cell) => cell.kind)));
  const kinds = (Object.keys(cellWords) as CellKind[]).filter((kind) => used.has(kind) && !selfEvident.has(kind));
  return kinds.map((kind) => page.palette.dim(`  ${cellWords[kind].word.padEnd(5)} ${cellWords[kind].meaning}`));
}

const selfEvident: ReadonlySet<CellKind> = new Set(['ok', 'fail']);
