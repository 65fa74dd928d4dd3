import type { Comparison } from '../verdict/compare.js';
import type { KernelCompared } from '../verdict/compare-kernel.js';
import { cellWords, conclusion, verdictLine } from './compare-words.js';
import { groupLines } from './group-lines.js';
import type { Page } from './page.js';
import { columnGroups, span, tableLines } from './table.js';
import { clip, oneLine, width } from './text.js';
import { exitWord, loaderWords, shortCompiler, shortHash } from './words.js';

/** A comparison for a person: a table for each object against the first, one line a kernel, what was lost, verdict. */
export function compareLines(comparison: Comparison, page: Page): readonly string[] {
  const { tone } = exitWord(comparison.exitCode);
  const lost = lostLines(comparison, page);
  return [
    ...comparison.objects.map((object) => {
      const facts = `${oneLine(object.file)}  sha256 ${shortHash(object.sha256)}  ${oneLine(shortCompiler(object))}`;
      return `${page.palette.strong(oneLine(object.name))}  ${page.palette.dim(facts)}`;
    }),
    ...loaderWords(comparison),
    '',
    ...comparison.objects.slice(1).flatMap((_, index) => pairLines(comparison, index + 1, page)),
    ...comparison.kernels.map((kernel) => oneLine(verdictLine(kernel))),
    '',
    ...(lost.length > 0 ? [page.palette.strong('Lost'), ...lost, ''] : []),
    ...comparison.kernels.flatMap((kernel) =>
      kernel.status === 'missing' ? [oneLine(`  ${kernel.id}: next: ${kernel.next}`)] : [],
    ),
    page.palette.dim(`report: ${page.path('compare.md')}`),
    page.palette.tones[tone](oneLine(conclusion(comparison))),
  ];
}

/** Programs x kernels: from the first object to the one at `at`, in as many parts as the page needs. */
function pairLines({ objects, kernels }: Comparison, at: number, page: Page): readonly string[] {
  const done = kernels.filter((kernel) => kernel.status === 'compared');
  const programs = [...new Set(done.flatMap(({ rows }) => rows.map(({ program }) => program)))];
  const columns = done.map((kernel) => programs.map((program) => wordsOf(kernel, program, at)));
  const nameWidth = Math.min(Math.max(0, ...programs.map((name) => width(oneLine(name)))), 32);
  const widths = columns.map((cells, index) =>
    Math.max(width(done[index]?.id ?? ''), ...cells.map(({ text }) => text.length)),
  );
  const title = `Instructions, ${objects[0]?.name ?? ''} -> ${objects[at]?.name ?? ''}`;
  const parts = columnGroups(widths, page.columns - 2 - nameWidth).map((part) => {
    const head = [span(''), ...part.map((column) => span(done[column]?.id ?? '', page.palette.strong))];
    const rows = programs.map((program, row) => [
      span(clip(oneLine(program), nameWidth)),
      ...part.map((column) => {
        const { text, tone } = columns[column]?.[row] ?? { text: '', tone: 'dull' };
        return span(text, page.palette.tones[tone]);
      }),
    ]);
    return tableLines([head, ...rows], 2, page.columns);
  });
  return done.length === 0 ? [] : [page.palette.strong(oneLine(title)), ...parts.flatMap((part) => [...part, ''])];
}

function wordsOf({ rows }: KernelCompared, program: string, at: number) {
  const cells = rows.find((row) => row.program === program)?.cells;
  return cellWords(cells?.[0], cells?.[at]);
}

/** Each loss with its evidence; kernels that show it in the same words together. */
function lostLines({ kernels }: Comparison, page: Page): readonly string[] {
  const merged = new Map<string, string[]>();
  for (const kernel of kernels) {
    if (kernel.status === 'missing') continue;
    for (const { object, lost } of kernel.differences) {
      for (const group of lost) {
        const key = groupLines(object, group, page).join('\n');
        merged.set(key, [...(merged.get(key) ?? []), kernel.id]);
      }
    }
  }
  return [...merged].flatMap(([text, ids]) => [`  ${page.palette.strong(ids.join(', '))}`, ...text.split('\n')]);
}
