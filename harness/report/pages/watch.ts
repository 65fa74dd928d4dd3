// SPDX-License-Identifier: Apache-2.0
import { countRejectedNow, type ChangeRow, type KernelChange, type ObjectChange } from '../../verdict/compare-runs.js';
import { formatCount, shortCompiler, shortHash } from '../views/format.js';
import type { CellText } from '../views/labels.js';
import type { Page } from '../views/page.js';
import {
  compareCellAlone,
  compareCellChange,
  changeTable,
  describePrograms,
  groupsByKernel,
} from '../views/program-changes.js';
import { oneLine, withoutAnsi } from '../views/text.js';
import type { WatchEvent, WatchStep } from '../views/watch-events.js';

/** What is only true for a moment; null for what has come about. */
export function passingWatchText(event: WatchEvent): string | null {
  switch (event.type) {
    case 'building':
      return `building: ${oneLine(event.command)}`;
    case 'loading':
      return `loading on ${event.kernels.join(', ')}`;
    case 'waiting':
      return 'waiting for a save; Ctrl-C ends';
    default:
      return null;
  }
}

/** What has come about, for a person. */
export function watchLines(event: WatchEvent, page: Page): readonly string[] {
  const { palette } = page;
  switch (event.type) {
    case 'notice':
      return [palette.tones.warn(`note: ${oneLine(event.text)}`)];
    case 'build-failed':
      return [
        palette.tones.bad(`does not build: ${oneLine(event.command)}`),
        ...compilerLines(event.output),
        palette.dim('nothing was loaded; waiting for the next save'),
        '',
      ];
    case 'unusable':
      return [palette.tones.bad(oneLine(event.message)), `  next: ${oneLine(event.next)}`, ''];
    case 'same':
      return [palette.dim(`${seconds(event.ms)} after the save: the objects are the same, byte for byte`), ''];
    case 'overtaken':
      return [palette.dim('saved again before the answer: asked anew')];
    case 'step':
      return [...watchStepLines(event.step, page), ''];
    default:
      return [];
  }
}

/** A compiler's output with its indentation: the caret points at a column. */
function compilerLines(output: string): readonly string[] {
  const lines = output.trimEnd().split(/\r?\n/).map(withoutAnsi);
  return lines.map((line) => `  ${line.replace(/\t/g, '    ').replace(/\p{Cc}/gu, '?')}`);
}

/** One step for a person: what changed by program and kernel, new rejections with their line, how it stands now. */
export function watchStepLines(step: WatchStep, page: Page): readonly string[] {
  const { objects, change } = step;
  return [
    ...objects.map((object) => {
      const facts = `sha256 ${shortHash(object.sha256)}  ${oneLine(shortCompiler(object))}`;
      return `${page.palette.strong(oneLine(object.name))}  ${page.palette.dim(`${facts}  ${timing(step)}`)}`;
    }),
    ...change.objects.flatMap((object) => objectLines(object, page)),
    ...change.missing.map(({ id, code, detail }) =>
      page.palette.tones.warn(oneLine(`  ${id}: no answer: ${code}: ${detail}`)),
    ),
    ...change.missing.map(({ id, next }) => oneLine(`  ${id}: next: ${next}`)),
    ...change.findings.map((message) => page.palette.tones.bad(oneLine(`  ${message}`))),
    ...(step.known > 0 ? [page.palette.dim(`  ${knownText(step.known)}`)] : []),
    standing(step, page),
  ];
}

/** `1.92 s after the save (build 0.51 s, load 1.30 s)`. */
function timing({ saved, ms }: WatchStep): string {
  const since = saved === null ? 'after the start' : 'after the save';
  return `${seconds(ms.total)} ${since} (build ${seconds(ms.build)}, load ${seconds(ms.load)})`;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

function objectLines({ object, kernels }: ObjectChange, page: Page): readonly string[] {
  const found = kernels.flatMap(({ id, rejected }) => rejected.map((group) => ({ kernel: id, object, group })));
  const isFirst = kernels.every(({ loadedBefore }) => loadedBefore === null);
  const title = isFirst ? 'Rejected' : 'New rejections';
  return [
    ...changedPrograms(kernels, page),
    ...kernels.map((kernel) => oneLine(`  ${describeChange(kernel)}`)),
    ...(found.length > 0 ? [page.palette.strong(title), ...groupsByKernel(found, page)] : []),
  ];
}

/** Programs x kernels, only programs that changed somewhere, and how many did not. */
function changedPrograms(kernels: readonly KernelChange[], page: Page): readonly string[] {
  const all = [...new Set(kernels.flatMap(({ rows }) => rows.map(({ program }) => program)))];
  const rowIn = ({ rows }: KernelChange, name: string): ChangeRow | undefined =>
    rows.find(({ program }) => program === name);
  const programs = all.filter((name) => kernels.some((kernel) => rowIn(kernel, name)?.changed === true));
  const columns = kernels.map((kernel) => ({
    kernel: kernel.id,
    cells: programs.map((name) => changeCell(rowIn(kernel, name))),
  }));
  const unchanged = all.length - programs.length;
  return [
    ...(programs.length === 0 ? [] : changeTable(programs, columns, page).flat()),
    ...(unchanged > 0 ? [page.palette.dim(`  ${formatCount(unchanged, 'program')} unchanged`)] : []),
  ];
}

/** Without an earlier answer a program is what it is. */
function changeCell(row: ChangeRow | undefined): CellText {
  if (row === undefined) return { text: '', tone: 'dull' };
  return row.before === null ? compareCellAlone(row.now) : compareCellChange(row.before, row.now);
}

/** `6.12: 38/39 load (39 before): lost socket_connect`. */
function describeChange({ id, loaded, loadedBefore, of, lost, gained, rows }: KernelChange): string {
  const before = loadedBefore === null || loadedBefore === loaded ? '' : ` (${loadedBefore} before)`;
  const counted = rows.filter(({ changed }) => changed).length;
  const moved = [
    ...lost.map((group) => `lost ${describePrograms(group)}`),
    ...gained.map((group) => `gained ${describePrograms(group)}`),
  ];
  const rest =
    moved.length > 0 ? moved.join('; ') : counted === 0 ? 'no change' : `${formatCount(counted, 'program')} changed`;
  return `${id}: ${loaded}/${of} load${before}${loadedBefore === null ? '' : `: ${rest}`}`;
}

/** Said, because these programs were not loaded again. */
function knownText(known: number): string {
  return `${formatCount(known, 'answer')} from before: what the verifier gets to see of the program is the same`;
}

/** How it stands, changed or not: what was rejected before and still is must not look fine. */
function standing({ change }: WatchStep, { palette }: Page): string {
  const rejected = countRejectedNow(change);
  const kernels = change.objects[0]?.kernels.length ?? 0;
  const news = change.objects.flatMap((object) => object.kernels.flatMap((kernel) => kernel.rejected));
  const fresh = news.reduce((sum, { programs }) => sum + programs.length, 0);
  if (kernels === 0) return palette.tones.bad('no kernel gave an answer');
  const holes = change.missing.length > 0 ? `, ${formatCount(change.missing.length, 'kernel')} without an answer` : '';
  if (rejected === 0 && change.findings.length === 0) {
    const text = `everything loads on ${formatCount(kernels, 'kernel')}${holes}`;
    return palette.tones[holes === '' ? 'good' : 'warn'](text);
  }
  return palette.tones.bad(`${formatCount(rejected, 'rejection')}, ${fresh} of them new${holes}`);
}
