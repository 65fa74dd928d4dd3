// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../../contracts/registry.js';
import { nextSteps } from '../../model/next-steps.js';
import type { BrokenKernel, KernelReport, MissingKernel, RunReport } from '../../model/report.js';
import { verdictCode } from '../../model/verdict.js';
import { isNotComparedNote } from '../../verdict/baseline-texts.js';
import type { BaselineResult, FinishedRun } from '../reporter.js';
import { describeBaseline } from '../views/baseline.js';
import { hasKernelFault, kernelFault } from '../views/cases.js';
import { type Failure, failuresOf } from '../views/failures.js';
import { describeBoot, formatDuration } from '../views/format.js';
import { gridsOf, type Grid } from '../views/grid.js';
import { libbpfVersions } from '../views/identity.js';
import { notesOf } from '../views/notes.js';
import { exitLabel, verdictLabel, verdictLabels } from '../views/labels.js';
import type { Page } from '../views/page.js';
import { SaidOnce } from '../views/said-once.js';
import { tableSpan, tableLines, type Span } from '../views/table.js';
import { oneLine } from '../views/text.js';
import { wrapText } from '../views/width.js';
import { checkTotals, kernelTime, kernelTotals, programTotals, reusedTotals } from '../views/totals.js';
import { gainsOf, otherwisePassed } from '../views/check-failures.js';
import { conditionLines } from '../views/conditions.js';
import { partialLines } from '../views/partial.js';
import { unattachedLines } from '../views/unattached.js';
import { unsizedLines } from '../views/unsized.js';
import { costLines } from './cost.js';
import { runFindingLines } from './run-findings.js';
import { checkFailureLines, expectedLines, failureLines, gainLines, notOfferedLines } from './run-failures.js';
import { checkGridLines, gridLines, supportLines } from './run-tables.js';

/** The end of a run for a person: kernels, tables, every fault with its evidence, totals, verdict. */
export function runPage(report: RunReport, page: Page, baseline: BaselineResult | null = null): readonly string[] {
  const failures = failuresOf(report);
  const said = new SaidOnce();
  if (page.detail === 'quiet') return [...faultLines(report, failures, { page, said }), lastLine(report, page)];
  const grids = gridsOf(report);
  const optional = failures.filter((failure) => failure.kind === 'optional');
  return [
    ...kernelTable(report, page),
    '',
    ...report.objects.flatMap((identity, index) => {
      const grid = grids[index];
      return grid ? [...gridLines(grid, identity, page), ''] : [];
    }),
    ...section('Which kernels take it', spaced(supportLines(report, page)), page),
    ...spaced(checkGridLines(report, page)),
    ...faultLines(report, failures, { page, said }),
    ...section(
      'Optional programs not to be had',
      optional.flatMap((failure) => failureLines(failure, page, said)),
      page,
    ),
    ...section('Failed as expected', expectedLines(failures, page), page),
    ...section('Loaded with', spaced(conditionLines(report)), page),
    ...section('What loads of the rest', spaced(partialLines(report)), page),
    ...section('Loaded and not attached', spaced(unattachedLines(report)), page),
    ...section('Maps without a size', spaced(unsizedLines(report)), page),
    ...section('What the verifier spends', costLines(report, page), page),
    ...section('Improvements to write down', spaced(gainLines(gainsOf(report), page)), page),
    ...section('Denied by another rule', spaced(gainLines(otherwisePassed(report), page)), page),
    ...section('Not offered', spaced(notOfferedLines(report)), page),
    ...section('Notes', spaced(noteLines(report, page)), page),
    ...totals({ report, baseline }, grids, page),
  ];
}

/** Everything that keeps a run from passing, each with its evidence. */
function faultLines(
  report: RunReport,
  failures: readonly Failure[],
  { page, said }: { readonly page: Page; readonly said: SaidOnce },
): readonly string[] {
  const held = failures.filter(({ kind }) => kind === 'fail' || kind === 'infra');
  const failed = held.flatMap((failure) => failureLines(failure, page, said));
  return [
    ...section('Failures', failed, page),
    ...section('Findings', runFindingLines(report, page, said), page),
    ...section('Failed checks', checkFailureLines(report, page), page),
    ...section('Broken machines of scenarios', brokenMachineLines(report, page, said), page),
    ...section('Command', commandLines(report, page), page),
    ...section('Broken kernels', brokenLines(report, page, said), page),
    ...section('Kernels that were not run', absentLines(report, page, said), page),
    ...section('Findings about the run', findingLines(report, page, said), page),
  ];
}

function section(title: string, lines: readonly string[], page: Page): readonly string[] {
  return lines.length === 0 ? [] : [page.palette.strong(title), ...lines];
}

function spaced(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [...lines, ''];
}

function findingLines(report: RunReport, page: Page, said: SaidOnce): readonly string[] {
  return spaced(
    report.findings.flatMap(({ verdict, message }) => {
      const { text, tone } = verdictLabels[verdict.kind];
      return [
        page.palette.tones[tone](`  ${text} ${verdictCode(verdict) ?? ''}: ${oneLine(message)}`),
        ...(verdict.kind === 'fail' ? [`    do  ${said.text(nextSteps[verdict.code], verdict.code)}`] : []),
      ];
    }),
  );
}

function lastLine({ exitCode }: RunReport, page: Page): string {
  const { text, tone, meaning } = exitLabel(exitCode);
  return page.palette.tones[tone](`${text}: exit ${exitCode}, ${meaning}`);
}

function totals({ report, baseline }: FinishedRun, grids: readonly Grid[], page: Page): readonly string[] {
  const accel = report.host.accel === null ? '' : `, ${report.host.accel}`;
  const compared = describeBaseline(baseline);
  const tool = [`${report.tool.name} ${report.tool.version}`, ...libbpfVersions(report)].join(', ');
  return [
    `${kernelTotals(report)}; ${programTotals(grids)}`,
    ...checkTotals(report),
    ...reusedTotals(report).flatMap((line) => wrapText(line, page.columns)),
    ...(compared === null ? [] : wrapText(oneLine(compared), page.columns)),
    page.palette.dim(`${tool}, ${formatDuration(report.ms)}${accel}; report: ${page.path('.')}`),
    lastLine(report, page),
  ];
}

/** One line a kernel: what it was, exactly, and how it came out. */
export function kernelTable(report: RunReport, page: Page): readonly string[] {
  const head = ['kernel', 'verdict', 'release', 'boot', 'version', 'lock', 'total'];
  const rows = report.kernels.map((kernel) => kernelRow(kernel, page));
  return tableLines([head.map((text) => tableSpan(text, page.palette.dim)), ...rows], 2, page.columns);
}

function kernelRow(kernel: KernelReport, page: Page): readonly Span[] {
  const { text, tone } = verdictLabel(kernel.verdict);
  const start = [tableSpan(kernel.id, page.palette.strong), tableSpan(text, page.palette.tones[tone])];
  if (kernel.status === 'unavailable') return [...start, tableSpan(kernel.reason, page.palette.tones[tone])];
  const { version, lock } = kernel.identity;
  return [
    ...start,
    tableSpan(oneLine(kernel.facts?.release ?? '?')),
    tableSpan(kernel.boot === null ? '-' : describeBoot(kernel.boot)),
    tableSpan(version ?? '-'),
    lock === 'drifted' || lock === 'pending' ? tableSpan(lock.toUpperCase(), page.palette.tones.warn) : tableSpan(lock),
    tableSpan(kernelTime(kernel)),
  ];
}

/** Kernels whose own fault no program explains: broken machines, and agents with nothing to show. */
function brokenLines(report: RunReport, page: Page, said: SaidOnce): readonly string[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || !hasKernelFault(kernel)) return [];
    const { kind, code } = kernelFault(kernel);
    const { text, tone } = verdictLabels[kind];
    return [
      page.palette.tones[tone](`  ${text} ${kernel.id}  ${code}`),
      `    ${said.text(oneLine(kernel.detail), kernel.id)}`,
      ...(kernel.status === 'broken' ? machineLines(kernel, page, { said, where: kernel.id }) : []),
      '',
    ];
  });
}

/** Machines that broke while scenarios ran on them; the checks before that count, and are in the table. */
function brokenMachineLines(report: RunReport, page: Page, said: SaidOnce): readonly string[] {
  const { text, tone } = verdictLabels.infra;
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable') return [];
    return kernel.scenarios.flatMap((machine) => {
      const { fault, console } = machine;
      if (fault === null) return [];
      const title = `  ${text} ${kernel.id} (${machineLabel(machine)})  ${fault.cause}`;
      return [
        page.palette.tones[tone](title),
        `    ${said.text(oneLine(fault.message), kernel.id)}`,
        ...machineLines({ ...fault, console }, page, { said, where: kernel.id }),
        '',
      ];
    });
  });
}

/** Console lines shown; the whole console is in the log. */
const shownTail = 15;

function machineLines(
  machine: Pick<BrokenKernel, 'consoleTail' | 'next' | 'console'>,
  page: Page,
  { said, where }: { readonly said: SaidOnce; readonly where: string },
): readonly string[] {
  const tail = machine.consoleTail.slice(-shownTail).map((line) => page.palette.dim(`    | ${oneLine(line)}`));
  return [
    ...tail,
    `    next  ${said.text(oneLine(machine.next), where)}`,
    `    log   ${machine.console === null ? 'none: QEMU never started' : page.path(machine.console)}`,
  ];
}

function absentLines(report: RunReport, page: Page, said: SaidOnce): readonly string[] {
  const absent = report.kernels.filter((kernel): kernel is MissingKernel => kernel.status === 'unavailable');
  return absent.flatMap((kernel) => [
    page.palette.tones.warn(`  ${kernel.id}  ${kernel.reason}`),
    `    ${said.text(oneLine(kernel.detail), kernel.id)}`,
    ...triedLines(kernel.tried, said, kernel.id),
    `    next  ${said.text(oneLine(kernel.next), kernel.id)}`,
    '',
  ]);
}

/** All of it once, where several kernels were looked for in the same places. */
function triedLines(tried: readonly string[], said: SaidOnce, where: string): readonly string[] {
  const all = tried.map(oneLine);
  const told = said.text(all.join('\n'), where);
  return told === all.join('\n') ? all.map((line) => `    tried ${line}`) : [`    tried ${told}`];
}

/** Each note once, with the kernels that have it. The line about the baseline says which were not compared, and why. */
function noteLines(report: RunReport, page: Page): readonly string[] {
  const notes = notesOf(report.kernels, (note) => !isNotComparedNote(note));
  return notes.map(({ note, kernels }) => page.palette.tones.warn(`  ${kernels.join(', ')}: ${oneLine(note)}`));
}

/** The command in each kernel: one line for a pass, and its last output for a failure. */
function commandLines(report: RunReport, page: Page): readonly string[] {
  const lines = report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || kernel.command === null) return [];
    const { verdict, detail, tail, stdout, stderr } = kernel.command;
    const { text, tone } = verdictLabels[verdict.kind];
    const title = page.palette.tones[tone](`  ${text} ${kernel.id}  ${oneLine(detail)}`);
    if (verdict.kind === 'pass') return [title];
    const output = tail.map((line) => page.palette.dim(`    | ${oneLine(line)}`));
    return [title, ...output, `    out   ${page.path(stdout)}`, `    err   ${page.path(stderr)}`];
  });
  return lines.length === 0 ? [] : [...lines, ''];
}
