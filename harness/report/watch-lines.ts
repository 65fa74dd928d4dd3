import { rejectedNow, type ChangeRow, type KernelChange, type ObjectChange } from '../verdict/compare-runs.js';
import type { ReasonGroup } from '../verdict/compare-kernel.js';
import { cellAlone, type CellWords, cellWords, programsOf } from './compare-words.js';
import { groupLines } from './group-lines.js';
import type { Page } from './page.js';
import { columnGroups, span, tableLines } from './table.js';
import { clip, oneLine, width } from './text.js';
import type { WatchStep } from './watch-events.js';
import { countOf, shortCompiler, shortHash } from './words.js';

/** One step for a person: what changed by program and kernel, new rejections with their line, how it stands now. */
export function stepLines(step: WatchStep, page: Page): readonly string[] {
  const { objects, change } = step;
  return [
    ...objects.map((object) => {
      const facts = `sha256 ${shortHash(object.sha256)}  ${oneLine(shortCompiler(object))}`;
      return `${page.palette.strong(oneLine(object.name))}  ${page.palette.dim(`${facts}  ${spent(step)}`)}`;
    }),
    ...change.objects.flatMap((object) => objectLines(object, page)),
    ...change.missing.map(({ id, code, detail }) =>
      page.palette.tones.warn(oneLine(`  ${id}: no answer: ${code}: ${detail}`)),
    ),
    ...change.missing.map(({ id, next }) => oneLine(`  ${id}: next: ${next}`)),
    ...change.findings.map((message) => page.palette.tones.bad(oneLine(`  ${message}`))),
    ...(step.known > 0 ? [page.palette.dim(`  ${knownWords(step.known)}`)] : []),
    standing(step, page),
  ];
}

function objectLines({ object, kernels }: ObjectChange, page: Page): readonly string[] {
  const rejected = mergedLines(kernels, ({ rejected: groups }) => groups, { object, page });
  return [
    ...tableOf(kernels, page),
    ...kernels.map((kernel) => oneLine(`  ${kernelWords(kernel)}`)),
    ...(rejected.length > 0 ? [page.palette.strong(titleOf(kernels)), ...rejected] : []),
  ];
}

function titleOf(kernels: readonly KernelChange[]): string {
  return kernels.every(({ loadedBefore }) => loadedBefore === null) ? 'Rejected' : 'New rejections';
}

/** `6.12: 38/39 (39 before): lost socket_connect`. */
function kernelWords({ id, loaded, loadedBefore, of, lost, gained, rows }: KernelChange): string {
  const before = loadedBefore === null || loadedBefore === loaded ? '' : ` (${loadedBefore} before)`;
  const counted = rows.filter(({ changed }) => changed).length;
  const words = [
    ...lost.map((group) => `lost ${programsOf(group)}`),
    ...gained.map((group) => `gained ${programsOf(group)}`),
  ];
  const rest =
    words.length > 0 ? words.join('; ') : counted === 0 ? 'no change' : `${countOf(counted, 'program')} changed`;
  return `${id}: ${loaded}/${of} load${before}${loadedBefore === null ? '' : `: ${rest}`}`;
}

/** Programs x kernels, only programs that changed somewhere; how many did not is told below. */
function tableOf(kernels: readonly KernelChange[], page: Page): readonly string[] {
  const all = [...new Set(kernels.flatMap(({ rows }) => rows.map(({ program }) => program)))];
  const programs = all.filter((name) => kernels.some((kernel) => rowOf(kernel, name)?.changed === true));
  const columns = kernels.map((kernel) => programs.map((name) => wordsOf(rowOf(kernel, name))));
  const nameWidth = Math.min(Math.max(0, ...programs.map((name) => width(oneLine(name)))), 32);
  const widths = columns.map((cells, at) =>
    Math.max(width(kernels[at]?.id ?? ''), ...cells.map(({ text }) => text.length)),
  );
  const parts = programs.length === 0 ? [] : columnGroups(widths, page.columns - 2 - nameWidth);
  const unchanged = all.length - programs.length;
  return [
    ...parts.flatMap((part) => {
      const head = [span(''), ...part.map((column) => span(kernels[column]?.id ?? '', page.palette.strong))];
      const rows = programs.map((name, row) => [
        span(clip(oneLine(name), nameWidth)),
        ...part.map((column) => {
          const { text, tone } = columns[column]?.[row] ?? { text: '', tone: 'dull' };
          return span(text, page.palette.tones[tone]);
        }),
      ]);
      return tableLines([head, ...rows], 2, page.columns);
    }),
    ...(unchanged > 0 ? [page.palette.dim(`  ${countOf(unchanged, 'program')} unchanged`)] : []),
  ];
}

function rowOf({ rows }: KernelChange, name: string): ChangeRow | undefined {
  return rows.find(({ program }) => program === name);
}

/** Without an earlier answer a program is what it is. */
function wordsOf(row: ChangeRow | undefined): CellWords {
  if (row === undefined) return { text: '', tone: 'dull' };
  return row.before === null ? cellAlone(row.now) : cellWords(row.before, row.now);
}

/** Each group with its evidence; kernels that show it in the same words together. */
function mergedLines(
  kernels: readonly KernelChange[],
  groupsOf: (kernel: KernelChange) => readonly ReasonGroup[],
  { object, page }: { object: string; page: Page },
): readonly string[] {
  const merged = new Map<string, string[]>();
  for (const kernel of kernels) {
    for (const group of groupsOf(kernel)) {
      const key = groupLines(object, group, page).join('\n');
      merged.set(key, [...(merged.get(key) ?? []), kernel.id]);
    }
  }
  return [...merged].flatMap(([text, ids]) => [`  ${page.palette.strong(ids.join(', '))}`, ...text.split('\n')]);
}

/** `1.92 s after the save (build 0.51 s, load 1.30 s)`. */
function spent({ saved, ms }: WatchStep): string {
  const of = saved === null ? 'after the start' : 'after the save';
  return `${seconds(ms.total)} ${of} (build ${seconds(ms.build)}, load ${seconds(ms.load)})`;
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

/** How it stands, changed or not: what was rejected before and still is must not look fine. */
/** Said, because nothing was asked. */
function knownWords(known: number): string {
  return `${countOf(known, 'answer')} from before: what the verifier gets to see of the program is the same`;
}

function standing({ change }: WatchStep, { palette }: Page): string {
  const rejected = rejectedNow(change);
  const kernels = change.objects[0]?.kernels.length ?? 0;
  const news = change.objects.flatMap((object) => object.kernels.flatMap((kernel) => kernel.rejected));
  const fresh = news.reduce((sum, { programs }) => sum + programs.length, 0);
  if (kernels === 0) return palette.tones.bad('no kernel gave an answer');
  const holes = change.missing.length > 0 ? `, ${countOf(change.missing.length, 'kernel')} without an answer` : '';
  if (rejected === 0 && change.findings.length === 0) {
    const text = `everything loads on ${countOf(kernels, 'kernel')}${holes}`;
    return palette.tones[holes === '' ? 'good' : 'warn'](text);
  }
  return palette.tones.bad(`${countOf(rejected, 'rejection')}, ${fresh} of them new${holes}`);
}
