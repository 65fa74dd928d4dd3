// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../../contracts/registry.js';
import { nextSteps } from '../../model/next-steps.js';
import type { KernelReport } from '../../model/report.js';
import { type Verdict, verdictCode } from '../../model/verdict.js';
import { isBaselineFinding } from '../../verdict/baseline-texts.js';
import { hasKernelFault, kernelFault } from '../views/cases.js';
import { verdictLabel, verdictLabels } from '../views/labels.js';
import { oneLine } from '../views/text.js';
import { factBlock, linesBlock, logBlock, pageFact } from './blocks.js';
import { entryId, type PageSource, type PlacedEntry } from './entry.js';
import type { EntryGroup, PageBlock, PageEntry } from './page-data.js';

/** Findings about the run; those of the baseline are shown as what changed, where that is known. */
export function runFindingEntries({ report, diffs }: PageSource): readonly PlacedEntry[] {
  const shown = report.findings.filter(({ verdict }) => diffs === null || !isBaselineFinding(verdict));
  return shown.map(({ verdict, message }) => {
    const facts = verdict.kind === 'fail' ? pageFact('do', nextSteps[verdict.code]) : [];
    return unplaced('Failures', verdict, { kernels: [], title: message, blocks: factBlock(facts) });
  });
}

/** What broke, and kernels that could not be had. */
export function machineEntries({ report }: PageSource): readonly PlacedEntry[] {
  return report.kernels.flatMap((kernel) =>
    kernel.status === 'unavailable'
      ? [absentEntry(kernel)]
      : [...kernelFaultEntry(kernel), ...scenarioFaultEntries(kernel), ...commandEntry(kernel)],
  );
}

type Ran = Exclude<KernelReport, { status: 'unavailable' }>;
type Absent = Extract<KernelReport, { status: 'unavailable' }>;

function absentEntry({ id, verdict, detail, tried, next }: Absent): PlacedEntry {
  const blocks = [...factBlock(pageFact('next', next)), ...linesBlock('lines', 'What was tried', tried)];
  return unplaced('Kernels that were not run', verdict, { kernels: [id], title: detail, blocks });
}

function kernelFaultEntry(kernel: Ran): readonly PlacedEntry[] {
  if (!hasKernelFault(kernel)) return [];
  const { kind, code } = kernelFault(kernel);
  const blocks = kernel.status === 'ran' ? [] : machineBlocks(kernel);
  const entry: PageEntry = {
    id: entryId(code, kernel.id, ''),
    group: 'Broken machines',
    tone: verdictLabels[kind].tone,
    code,
    kernels: [kernel.id],
    title: oneLine(kernel.detail),
    line: null,
    blocks,
  };
  return [{ entry, places: [] }];
}

function scenarioFaultEntries(kernel: Ran): readonly PlacedEntry[] {
  return kernel.scenarios.flatMap((machine) => {
    const { fault, console } = machine;
    if (fault === null) return [];
    const title = `(${machineLabel(machine)}) ${fault.message}`;
    const blocks = machineBlocks({ ...fault, console });
    return [
      unplaced('Broken machines', { kind: 'infra', cause: fault.cause }, { kernels: [kernel.id], title, blocks }),
    ];
  });
}

function commandEntry({ id, command }: Ran): readonly PlacedEntry[] {
  if (command === null || command.verdict.kind === 'pass') return [];
  const { verdict, detail, tail, stdout, stderr } = command;
  const blocks = [
    ...linesBlock('lines', 'Its last lines', tail),
    ...logBlock('stdout', stdout, { kernel: id }),
    ...logBlock('stderr', stderr, { kernel: id }),
  ];
  return [unplaced('Command', verdict, { kernels: [id], title: detail, blocks })];
}

interface BrokenMachine {
  readonly next: string;
  readonly consoleTail: readonly string[];
  readonly console: string | null;
}

function machineBlocks({ next, consoleTail, console }: BrokenMachine): readonly PageBlock[] {
  return [
    ...factBlock(pageFact('next', next)),
    ...linesBlock('lines', 'The end of the console', consoleTail),
    ...logBlock('console', console),
  ];
}

function unplaced(
  group: EntryGroup,
  verdict: Verdict,
  { kernels, title, blocks }: Pick<PageEntry, 'kernels' | 'title' | 'blocks'>,
): PlacedEntry {
  const code = verdictCode(verdict) ?? '';
  const { tone } = verdictLabel(verdict);
  const id = entryId(code, kernels, title);
  return { entry: { id, group, tone, code, kernels, title: oneLine(title), line: null, blocks }, places: [] };
}
