import type { Comparison, KernelComparison } from '../verdict/compare.js';
import type { ReasonGroup } from '../verdict/compare-kernel.js';
import { cellWords, conclusion, programsOf, reasonLine, verdictLine } from './compare-words.js';
import { code, escape, tableRow } from './markdown-text.js';
import { exitWord, loaderWords, shortCompiler, shortHash } from './words.js';

/** `compare.md`: the verdict first, then one line a kernel, what was lost, and the tables. */
export function renderCompareMarkdown(comparison: Comparison): string {
  const { symbol } = exitWord(comparison.exitCode);
  return [
    `## ${symbol} ${escape(conclusion(comparison))}`,
    '',
    ...comparison.kernels.map((kernel) => `- ${escape(verdictLine(kernel))}`),
    '',
    ...lostBlock(comparison.kernels),
    ...comparison.objects.slice(1).flatMap((_, index) => pairBlock(comparison, index + 1)),
    ...identityBlock(comparison),
  ].join('\n');
}

function lostBlock(kernels: readonly KernelComparison[]): readonly string[] {
  const lines = kernels.flatMap((kernel) =>
    kernel.status === 'missing'
      ? []
      : kernel.differences.flatMap(({ object, lost }) =>
          lost.flatMap((group) => lossLines(`${kernel.id}, ${object}`, group)),
        ),
  );
  return lines.length === 0 ? [] : ['### Lost', '', ...lines, ''];
}

function lossLines(where: string, group: ReasonGroup): readonly string[] {
  const { source, page } = group.reason;
  return [
    `- **${escape(where)}**: ${escape(programsOf(group))}`,
    `  - ${code(reasonLine(group.reason))}`,
    ...(source === null ? [] : [`  - at ${code(`${source.file}:${source.line}`)} ${code(source.text)}`]),
    ...(page === null ? [] : [`  - see ${code(page)}`]),
  ];
}

function pairBlock({ objects, kernels }: Comparison, at: number): readonly string[] {
  const done = kernels.filter((kernel) => kernel.status === 'compared');
  const programs = [...new Set(done.flatMap(({ rows }) => rows.map(({ program }) => program)))];
  return [
    `### Instructions, ${escape(`${objects[0]?.name ?? ''} to ${objects[at]?.name ?? ''}`)}`,
    '',
    tableRow(['program', ...done.map(({ id, release }) => `${escape(id)}<br><sub>${escape(release)}</sub>`)]),
    tableRow(['---', ...done.map(() => '---')]),
    ...programs.map((program) =>
      tableRow([
        code(program),
        ...done.map(({ rows }) => {
          const cells = rows.find((row) => row.program === program)?.cells;
          return escape(cellWords(cells?.[0], cells?.[at]).text);
        }),
      ]),
    ),
    '',
  ];
}

function identityBlock(comparison: Comparison): readonly string[] {
  return [
    tableRow(['object', 'file', 'sha256', 'compiler']),
    tableRow(['---', '---', '---', '---']),
    ...comparison.objects.map((object) =>
      tableRow([code(object.name), code(object.file), code(shortHash(object.sha256)), escape(shortCompiler(object))]),
    ),
    '',
    ...loaderWords(comparison).flatMap((line) => [`All are ${line}.`, '']),
  ];
}
