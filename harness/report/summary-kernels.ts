import type { BrokenKernel, KernelReport, MissingKernel, RunReport } from '../model/report.js';
import { hasOwnFault, ownFault } from './cases.js';
import type { Page } from './page.js';
import { span, tableLines, type Span } from './table.js';
import { oneLine } from './text.js';
import { bootWords, duration, verdictWords } from './words.js';

/** One line a kernel: what it was, exactly, and how it came out. */
export function kernelTable(report: RunReport, page: Page): readonly string[] {
  const head = ['kernel', 'verdict', 'release', 'boot', 'version', 'lock', 'total'];
  const rows = report.kernels.map((kernel) => kernelRow(kernel, page));
  return tableLines([head.map((text) => span(text, page.palette.dim)), ...rows], 2, page.columns);
}

function kernelRow(kernel: KernelReport, page: Page): readonly Span[] {
  const word = verdictWords[kernel.verdict.kind];
  const start = [span(kernel.id, page.palette.strong), span(word.word, page.palette.tones[word.tone])];
  if (kernel.status === 'unavailable') return [...start, span(kernel.reason, page.palette.tones[word.tone])];
  const { version, lock } = kernel.identity;
  return [
    ...start,
    span(oneLine(kernel.facts?.release ?? '?')),
    span(kernel.boot === null ? '-' : bootWords(kernel.boot)),
    span(version ?? '-'),
    lock === 'drifted' ? span('DRIFTED', page.palette.tones.warn) : span(lock),
    span(duration(kernel.ms)),
  ];
}

/** Kernels whose own fault no program explains: broken machines, and agents with nothing to show. */
export function brokenLines(report: RunReport, page: Page): readonly string[] {
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable' || !hasOwnFault(kernel)) return [];
    const { kind, code } = ownFault(kernel);
    const { word, tone } = verdictWords[kind];
    return [
      page.palette.tones[tone](`  ${word} ${kernel.id}  ${code}`),
      `    ${oneLine(kernel.detail)}`,
      ...(kernel.status === 'broken' ? machineLines(kernel, page) : []),
      '',
    ];
  });
}

/** Machines that broke while scenarios ran on them; the checks before that count, and are in the table. */
export function brokenMachineLines(report: RunReport, page: Page): readonly string[] {
  const { word, tone } = verdictWords.infra;
  return report.kernels.flatMap((kernel) => {
    if (kernel.status === 'unavailable') return [];
    return kernel.scenarios.flatMap(({ environment, fault, console }) => {
      if (fault === null) return [];
      const title = `  ${word} ${kernel.id} (${environment})  ${fault.cause}`;
      return [
        page.palette.tones[tone](title),
        `    ${oneLine(fault.message)}`,
        ...machineLines({ ...fault, console }, page),
        '',
      ];
    });
  });
}

/** Console lines shown; the whole console is in the log. */
const shownTail = 15;

function machineLines(machine: Pick<BrokenKernel, 'consoleTail' | 'next' | 'console'>, page: Page): readonly string[] {
  const tail = machine.consoleTail.slice(-shownTail).map((line) => page.palette.dim(`    | ${oneLine(line)}`));
  return [
    ...tail,
    `    next  ${oneLine(machine.next)}`,
    `    log   ${machine.console === null ? 'none: QEMU never started' : page.path(machine.console)}`,
  ];
}

export function absentLines(report: RunReport, page: Page): readonly string[] {
  const absent = report.kernels.filter((kernel): kernel is MissingKernel => kernel.status === 'unavailable');
  return absent.flatMap((kernel) => [
    page.palette.tones.warn(`  ${kernel.id}  ${kernel.reason}`),
    `    ${oneLine(kernel.detail)}`,
    ...kernel.tried.map((line) => `    tried ${oneLine(line)}`),
    `    next  ${oneLine(kernel.next)}`,
    '',
  ]);
}

export function noteLines(kernels: readonly KernelReport[], page: Page): readonly string[] {
  return kernels.flatMap((kernel) =>
    kernel.notes.map((note) => page.palette.tones.warn(`  ${kernel.id}: ${oneLine(note)}`)),
  );
}
