import type { RunReport } from '../model/report.js';
import { commandLines } from './command-lines.js';
import { failuresOf } from './failures.js';
import { gridsOf, type Grid } from './grid.js';
import { libbpfWords } from './identity.js';
import type { Page } from './page.js';
import { checkFailureLines, gainLines, notOfferedLines } from './summary-check-failures.js';
import { checkGridLines } from './summary-checks.js';
import { failureLines } from './summary-failures.js';
import { gridLines } from './summary-grid.js';
import { absentLines, brokenLines, brokenMachineLines, kernelTable, noteLines } from './summary-kernels.js';
import { oneLine } from './text.js';
import { unattachedLines } from './unattached.js';
import { checkTotals, kernelTotals, programTotals } from './totals.js';
import { codeOf, duration, exitWord, verdictWords } from './words.js';

/** Tells a finished run for a person, line by line. */
export type Summary = (report: RunReport, page: Page) => readonly string[];

/** The end of a run for a person: kernels, tables, every fault with its evidence, totals, verdict. */
export function summaryLines(report: RunReport, page: Page): readonly string[] {
  const grids = gridsOf(report);
  const failures = failuresOf(report);
  const held = failures.filter((failure) => failure.kind !== 'told');
  const told = failures.filter((failure) => failure.kind === 'told');
  return [
    ...kernelTable(report, page),
    '',
    ...report.objects.flatMap((identity, index) => {
      const grid = grids[index];
      return grid ? [...gridLines(grid, identity, page), ''] : [];
    }),
    ...spaced(checkGridLines(report, page)),
    ...section(
      'Failures',
      held.flatMap((failure) => failureLines(failure, page)),
      page,
    ),
    ...section('Failed checks', checkFailureLines(report, page), page),
    ...section('Broken machines of scenarios', brokenMachineLines(report, page), page),
    ...section('Command', commandLines(report, page), page),
    ...section('Broken kernels', brokenLines(report, page), page),
    ...section('Kernels that could not be had', absentLines(report, page), page),
    ...section(
      'Optional programs not to be had',
      told.flatMap((failure) => failureLines(failure, page)),
      page,
    ),
    ...section('Loaded and not attached', spaced(unattachedLines(report)), page),
    ...section('Improvements to write down', spaced(gainLines(report, page)), page),
    ...section('Not offered', spaced(notOfferedLines(report)), page),
    ...section('Findings about the run', findingLines(report, page), page),
    ...section('Notes', spaced(noteLines(report.kernels, page)), page),
    ...totals(report, grids, page),
  ];
}

function section(title: string, lines: readonly string[], page: Page): readonly string[] {
  return lines.length === 0 ? [] : [page.palette.strong(title), ...lines];
}

function spaced(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [...lines, ''];
}

function findingLines(report: RunReport, page: Page): readonly string[] {
  return spaced(
    report.findings.map(({ verdict, message }) => {
      const { word, tone } = verdictWords[verdict.kind];
      return page.palette.tones[tone](`  ${word} ${codeOf(verdict) ?? ''}: ${oneLine(message)}`);
    }),
  );
}

function totals(report: RunReport, grids: readonly Grid[], page: Page): readonly string[] {
  const verdict = exitWord(report.exitCode);
  const accel = report.host.accel === null ? '' : `, ${report.host.accel}`;
  const tool = [`${report.tool.name} ${report.tool.version}`, ...libbpfWords(report)].join(', ');
  return [
    `${kernelTotals(report)}; ${programTotals(grids)}`,
    ...checkTotals(report),
    page.palette.dim(`${tool}, ${duration(report.ms)}${accel}; report: ${page.path('.')}`),
    page.palette.tones[verdict.tone](`${verdict.word}: exit ${report.exitCode}, ${verdict.meaning}`),
  ];
}
