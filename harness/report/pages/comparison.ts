// SPDX-License-Identifier: Apache-2.0
import type { Comparison, CompareOutcome, KernelComparison } from '../../verdict/compare.js';
import type { Difference, KernelCompared, ReasonGroup } from '../../verdict/compare-kernel.js';
import { describeLoader, shortCompiler, shortHash } from '../views/format.js';
import { exitLabel, type CellText } from '../views/labels.js';
import { markdownCode, escapeMarkdown, markdownTableRow } from '../views/markdown.js';
import type { Page } from '../views/page.js';
import { grownBlock, grownLines, grownPrograms } from './grown.js';
import {
  compareCellChange,
  changeTable,
  describePrograms,
  describeReason,
  groupsByKernel,
} from '../views/program-changes.js';
import { oneLine } from '../views/text.js';

/** A comparison for a person: a table for each object against the first, one line a kernel, what was lost, verdict. */
export function comparisonPage(comparison: Comparison, page: Page): readonly string[] {
  const { tone } = exitLabel(comparison.exitCode);
  const lost = groupsByKernel(lostGroups(comparison), page);
  const grown = grownPrograms(comparison);
  return [
    ...comparison.objects.map((object) => {
      const facts = `${oneLine(object.file)}  sha256 ${shortHash(object.sha256)}  ${oneLine(shortCompiler(object))}`;
      return `${page.palette.strong(oneLine(object.name))}  ${page.palette.dim(facts)}`;
    }),
    ...describeLoader(comparison),
    '',
    ...comparison.objects.slice(1).flatMap((_, index) => pairLines(comparison, index + 1, page)),
    ...comparison.kernels.map((kernel) => oneLine(describeKernel(kernel))),
    '',
    ...(lost.length > 0 ? [page.palette.strong('Lost'), ...lost, ''] : []),
    ...(grown.length > 0 ? [page.palette.strong('Lines that grew'), ...grown.flatMap(grownLines), ''] : []),
    ...comparison.kernels.flatMap((kernel) =>
      kernel.status === 'missing' ? [oneLine(`  ${kernel.id}: next: ${kernel.next}`)] : [],
    ),
    page.palette.dim(`report: ${page.path('compare.md')}`),
    page.palette.tones[tone](oneLine(conclusion(comparison))),
  ];
}

/** Programs x kernels: from the first object to the one at `at`, in as many parts as the page needs. */
function pairLines(comparison: Comparison, at: number, page: Page): readonly string[] {
  const { done, programs, title } = pairOf(comparison, at);
  const columns = done.map((kernel) => ({
    kernel: kernel.id,
    cells: programs.map((program) => changeCell(kernel, program, at)),
  }));
  if (done.length === 0) return [];
  const heading = page.palette.strong(oneLine(`Instructions, ${title(' -> ')}`));
  return [heading, ...changeTable(programs, columns, page).flatMap((part) => [...part, ''])];
}

/** `compare.md`: the verdict first, then one line a kernel, what was lost, and the tables. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { symbol } = exitLabel(comparison.exitCode);
  const lost = lostGroups(comparison).flatMap(({ kernel, object, group }) => lostBlock(`${kernel}, ${object}`, group));
  const grown = grownPrograms(comparison);
  return [
    `## ${symbol} ${escapeMarkdown(conclusion(comparison))}`,
    '',
    ...comparison.kernels.map((kernel) => `- ${escapeMarkdown(describeKernel(kernel))}`),
    '',
    ...(lost.length === 0 ? [] : ['### Lost', '', ...lost, '']),
    ...(grown.length === 0 ? [] : ['### Lines that grew', '', ...grown.flatMap(grownBlock), '']),
    ...comparison.objects.slice(1).flatMap((_, index) => pairBlock(comparison, index + 1)),
    markdownTableRow(['object', 'file', 'sha256', 'compiler']),
    markdownTableRow(['---', '---', '---', '---']),
    ...comparison.objects.map((object) =>
      markdownTableRow([
        markdownCode(object.name),
        markdownCode(object.file),
        markdownCode(shortHash(object.sha256)),
        escapeMarkdown(shortCompiler(object)),
      ]),
    ),
    '',
    ...describeLoader(comparison).flatMap((line) => [`All are ${line}.`, '']),
  ].join('\n');
}

function lostBlock(where: string, group: ReasonGroup): readonly string[] {
  const { source, page } = group.reason;
  return [
    `- **${escapeMarkdown(where)}**: ${escapeMarkdown(describePrograms(group))}`,
    `  - ${markdownCode(describeReason(group.reason))}`,
    ...(source === null
      ? []
      : [`  - at ${markdownCode(`${source.file}:${source.line}`)} ${markdownCode(source.text)}`]),
    ...(page === null ? [] : [`  - see ${markdownCode(page)}`]),
  ];
}

function pairBlock(comparison: Comparison, at: number): readonly string[] {
  const { done, programs, title } = pairOf(comparison, at);
  return [
    `### Instructions, ${escapeMarkdown(title(' to '))}`,
    '',
    markdownTableRow([
      'program',
      ...done.map(({ id, release }) => `${escapeMarkdown(id)}<br><sub>${escapeMarkdown(release)}</sub>`),
    ]),
    markdownTableRow(['---', ...done.map(() => '---')]),
    ...programs.map((program) =>
      markdownTableRow([
        markdownCode(program),
        ...done.map((kernel) => escapeMarkdown(changeCell(kernel, program, at).text)),
      ]),
    ),
    '',
  ];
}

/** The kernels and programs of the table that compares the first object with the one at `at`. */
function pairOf({ objects, kernels }: Comparison, at: number) {
  const done = kernels.filter((kernel) => kernel.status === 'compared');
  const programs = [...new Set(done.flatMap(({ rows }) => rows.map(({ program }) => program)))];
  const title = (between: string): string => `${objects[0]?.name ?? ''}${between}${objects[at]?.name ?? ''}`;
  return { done, programs, title };
}

function changeCell({ rows }: KernelCompared, program: string, at: number): CellText {
  const cells = rows.find((row) => row.program === program)?.cells;
  return compareCellChange(cells?.[0], cells?.[at]);
}

function lostGroups({ kernels }: Comparison) {
  return kernels.flatMap((kernel) =>
    kernel.status === 'missing'
      ? []
      : kernel.differences.flatMap(({ object, lost }) => lost.map((group) => ({ kernel: kernel.id, object, group }))),
  );
}

/** One line: how much of each object loads on a kernel, and what the others lose or gain against the first. */
export function describeKernel(kernel: KernelComparison): string {
  if (kernel.status === 'missing') return `${kernel.id}: not compared: ${kernel.code}: ${kernel.detail}`;
  const tallies = kernel.tallies.map(({ object, loaded, of }) => `${object} ${loaded}/${of}`).join(', ');
  const changes = kernel.differences.flatMap((difference) => changesOf(kernel, difference));
  return `${kernel.id}: ${tallies}: ${changes.length > 0 ? changes.join('; ') : unchanged(kernel)}`;
}

function changesOf(kernel: KernelCompared, { object, lost, gained }: Difference): readonly string[] {
  const who = kernel.differences.length > 1 ? `${object} ` : '';
  return [
    ...lost.map((group) => `${who}lost ${describePrograms(group)}: ${describeReason(group.reason)}`),
    ...gained.map((group) => `${who}gained ${describePrograms(group)}, before: ${describeReason(group.reason)}`),
  ];
}

function unchanged({ tallies }: KernelCompared): string {
  return tallies.some(({ loaded }) => loaded > 0) ? 'the same programs load' : 'nothing loads in any of them';
}

/** The last line: the exit code, and in which direction something changed. */
function conclusion(comparison: Comparison): string {
  const { text } = exitLabel(comparison.exitCode);
  return `${text}: exit ${comparison.exitCode}, ${meanings[comparison.outcome](comparison)}`;
}

const meanings: Readonly<Record<CompareOutcome, (comparison: Comparison) => string>> = {
  kept: (comparison) =>
    `every program that loads in ${first(comparison)} loads in ${others(comparison)}${more(comparison)}`,
  lost: (comparison) =>
    `from ${first(comparison)} to ${others(comparison)} programs are lost on ${kernelsWith(comparison, 'lost')}${more(comparison)}`,
  nothing: () => 'no program of any object loads on any of these kernels',
  incomplete: (comparison) => {
    const holes = comparison.kernels.filter(({ status }) => status === 'missing').map(({ id }) => id);
    return `not everything could be compared${holes.length > 0 ? `: ${holes.join(', ')}` : ''}`;
  },
};

const first = ({ objects }: Comparison): string => objects[0]?.name ?? '';
const others = ({ objects }: Comparison): string =>
  objects
    .slice(1)
    .map(({ name }) => name)
    .join(', ');

function more(comparison: Comparison): string {
  const kernels = kernelsWith(comparison, 'gained');
  return kernels === '' ? '' : `; programs are gained on ${kernels}`;
}

function kernelsWith({ kernels }: Comparison, what: 'lost' | 'gained'): string {
  return kernels
    .filter((kernel) => kernel.status === 'compared' && kernel.differences.some((one) => one[what].length > 0))
    .map(({ id }) => id)
    .join(', ');
}
