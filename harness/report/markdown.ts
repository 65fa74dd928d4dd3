import { join } from 'node:path';
import type { Explanation, RunReport, SourceLine } from '../model/report.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { wholeObject } from './cases.js';
import { commandBlocks } from './command-markdown.js';
import { failuresOf, type Failure } from './failures.js';
import { gridsOf, type Grid } from './grid.js';
import { markdownLimit, withinBudget } from './markdown-budget.js';
import { checkFailureBlocks, checkGridBlocks, gainBlocks, notOfferedBlocks } from './markdown-checks.js';
import { gridBlock } from './markdown-grid.js';
import { absentBlocks, brokenBlocks, brokenMachineBlocks, identityBlocks, noteBlocks } from './markdown-kernels.js';
import { block, code, details, escape, htmlCode } from './markdown-text.js';
import type { Reporter } from './reporter.js';
import { checkTotals, kernelTotals, programTotals } from './totals.js';
import { unattachedBlocks } from './unattached.js';
import { causeFacts, excerptLines, ladderLines, pathLines } from './why.js';
import { cellWords, codeOf, exitWord, verdictWords } from './words.js';

/** Writes `summary.md` into the report folder: what a GitHub step summary shows. */
export const markdownReporter: Reporter = {
  name: 'markdown',
  onEnd: (report, out) => writeFileAtomic(join(out, 'summary.md'), renderMarkdown(report)),
};

/** The verdict first, then what led to it; at most `limit` bytes. */
export function renderMarkdown(report: RunReport, limit: number = markdownLimit): string {
  const grids = gridsOf(report);
  const failures = failuresOf(report);
  const held = failures.filter((failure) => failure.kind !== 'told').map(failureBlock);
  const told = failures.filter((failure) => failure.kind === 'told').map(failureBlock);
  return withinBudget(
    [
      { title: null, blocks: [headline(report, grids)] },
      { title: null, blocks: grids.map((grid) => gridBlock(grid, grids.length > 1)) },
      { title: null, blocks: checkGridBlocks(report) },
      { title: 'Findings about the run', blocks: findingBlocks(report) },
      { title: 'Failures', blocks: held },
      { title: 'Failed checks', blocks: checkFailureBlocks(report) },
      { title: 'Broken machines of scenarios', blocks: brokenMachineBlocks(report) },
      { title: 'Command', blocks: commandBlocks(report) },
      { title: 'Broken kernels', blocks: brokenBlocks(report) },
      { title: 'Kernels that could not be had', blocks: absentBlocks(report) },
      { title: 'Optional programs not to be had', blocks: told },
      { title: 'Loaded and not attached', blocks: unattachedBlocks(report) },
      { title: 'Improvements to write down', blocks: gainBlocks(report) },
      { title: 'Not offered', blocks: notOfferedBlocks(report) },
      { title: 'Notes', blocks: noteBlocks(report) },
      { title: null, blocks: identityBlocks(report) },
    ],
    limit,
  );
}

function headline(report: RunReport, grids: readonly Grid[]): readonly string[] {
  const { symbol, word, meaning } = exitWord(report.exitCode);
  return [
    `## ${symbol} ${escape(report.tool.name)}: ${word}`,
    '',
    `${[`${kernelTotals(report)}; ${programTotals(grids)}`, ...checkTotals(report)].join('. ')}. Exit ${report.exitCode}: ${meaning}.`,
    '',
  ];
}

function failureBlock(failure: Failure): readonly string[] {
  const { symbol } = failure.kind === 'told' ? cellWords.optional : cellWords[failure.kind];
  const item =
    failure.item === wholeObject ? `${failure.object}, ${wholeObject}` : `${failure.object}/${failure.item}`;
  const where = failure.kernels.map((kernel) => `<b>${escape(kernel)}</b>`).join(', ');
  const { why } = failure;
  const errno = why === null ? '' : `, ${escape(why.errno)}`;
  return details(`${symbol} ${where} ${htmlCode(item)} ${failure.code} (${failure.step}${errno})`, [
    ...(why === null ? ['No further evidence.'] : [code(why.decidingLine), '']),
    ...place('at', why?.source ?? null),
    ...place('from', why?.origin ?? null),
    ...(why === null ? [] : causeBlock(why)),
    ...failure.logs.map((log) => `- log ${code(log)}`),
  ]);
}

function causeBlock(why: Explanation): readonly string[] {
  const shown = [
    ...excerptLines(why),
    ...pathLines(why).map((line) => `via ${line}`),
    ...ladderLines(why).map((line) => `tried ${line}`),
  ];
  return [
    ...causeFacts(why).map(([label, text]) => `- ${label} ${label === 'page' ? code(text) : escape(text)}`),
    ...(shown.length === 0 ? [] : ['', ...block(shown), '']),
  ];
}

function place(label: string, source: SourceLine | null): readonly string[] {
  return source === null ? [] : [`- ${label} ${code(`${source.file}:${source.line}`)} ${code(source.text.trim())}`];
}

function findingBlocks(report: RunReport): readonly (readonly string[])[] {
  const findings = report.findings.map(({ verdict, message }) => [
    `- ${verdictWords[verdict.kind].symbol} **${escape(codeOf(verdict) ?? '')}**: ${escape(message)}`,
  ]);
  return findings.length === 0 ? [] : [...findings, ['']];
}
