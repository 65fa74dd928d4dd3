// SPDX-License-Identifier: Apache-2.0
import { defaultContract } from '../../contracts/registry.js';
import { nextSteps } from '../../model/next-steps.js';
import { checkFailuresOf, type ScenarioFailure } from '../views/check-failures.js';
import { checkLabel, describeFailedCheck } from '../views/checks.js';
import {
  describeClaim,
  describeFolded,
  findingsIn,
  firstCheckOf,
  foldedScenarioNames,
  rerunCommand,
  type ShownFinding,
} from '../views/findings.js';
import { formatNumber } from '../views/format.js';
import { verdictLabels } from '../views/labels.js';
import { oneLine } from '../views/text.js';
import { docFact, factBlock, fileHref, linesBlock, pageFact } from './blocks.js';
import { checkMap, entryId, type PageSource, type PlacedEntry, programMap } from './entry.js';
import type { PageBlock } from './page-data.js';

/** Root causes with all that follows from them, and failed checks of no finding. */
export function findingEntries(source: PageSource): readonly PlacedEntry[] {
  const classes = checkFailuresOf(source.report);
  return [
    ...findingsIn(source.report).map((shown) => findingEntry(shown, source)),
    ...classes.flatMap(({ shown }) => shown.map((failure) => checkEntry(failure, source))),
    ...classes.flatMap(restEntry),
  ];
}

function findingEntry(shown: ShownFinding, { report, target }: PageSource): PlacedEntry {
  const { finding, kernels, again } = shown;
  const { code, title, first, next, doc, contract, refs } = finding;
  const claim = describeClaim(shown);
  const labels = [first, ...refs].map((ref) => checkLabel({ ...ref, contract: contract ?? defaultContract.name }));
  const objects = finding.program === null ? [] : report.objects.map(({ name }) => name);
  const folded = describeFolded(shown);
  return {
    entry: {
      id: entryId(code, contract, title, first.class, first.environment, first.scenario, first.check),
      group: 'Findings',
      tone: verdictLabels.fail.tone,
      code,
      kernels,
      title: oneLine(title),
      line: null,
      blocks: [
        ...factBlock([
          ...pageFact('first', firstCheckOf(finding)),
          ...pageFact('tried', first.attempt),
          ...pageFact('expected', first.expected),
          ...pageFact('actual', first.actual),
          ...pageFact('claim', claim),
          ...pageFact('do', next),
          ...shown.logs.map((path, at) => ({
            label: 'logs',
            text: path,
            href: fileHref(path),
            kernel: kernels[at] ?? null,
          })),
          docFact('doc', doc, target),
        ]),
        ...linesBlock('lines', evidenceLabel(kernels), first.evidence),
        ...(folded.length === 0 ? [] : followers(folded.join('; '), foldedScenarioNames(finding))),
        { kind: 'command', label: 'again', text: again },
      ],
    },
    places: [
      ...[...new Set(labels)].map((row) => ({ map: checkMap, row })),
      ...objects.map((name) => ({ map: programMap(name), row: finding.program ?? '' })),
    ],
  };
}

function followers(label: string, names: readonly string[]): readonly PageBlock[] {
  return names.length === 0 ? factBlock(pageFact('folded', label)) : linesBlock('folded', label, names);
}

function evidenceLabel(kernels: readonly string[]): string {
  return kernels.length > 1 ? `Evidence of ${kernels[0] ?? ''}` : 'Evidence';
}

function checkEntry(failure: ScenarioFailure, { report, target }: PageSource): PlacedEntry {
  const { class: name, scenario, checks, kernels } = failure;
  const label = checkLabel(failure);
  const codes = [...new Set(checks.map(({ outcome }) => outcome.code))];
  const on = report.kernels.filter(({ id }) => kernels.includes(id));
  const rerun = ['--only', name, '--scenario', scenario];
  return {
    entry: {
      id: entryId(codes[0] ?? 'CHECK', label, scenario),
      group: 'Failed checks',
      tone: verdictLabels.fail.tone,
      code: codes.join(', '),
      kernels,
      title: oneLine(`${label}: ${scenario}`),
      line: null,
      blocks: [
        ...checks.flatMap(({ check, attempt, outcome }) => [
          ...factBlock([...pageFact(check, describeFailedCheck(outcome)), ...pageFact('tried', attempt)]),
          ...linesBlock('lines', evidenceLabel(kernels), outcome.evidence),
        ]),
        ...factBlock(
          codes.flatMap((code) => [
            ...pageFact('do', nextSteps[code]),
            docFact('doc', `docs/failure-codes.md#${code.toLowerCase()}`, target),
          ]),
        ),
        { kind: 'command', label: 'again', text: rerunCommand({ rerun }, on, report) },
      ],
    },
    places: [{ map: checkMap, row: label }],
  };
}

/** What is not shown one by one is in the table of checks. */
function restEntry({ class: name, more }: ReturnType<typeof checkFailuresOf>[number]): readonly PlacedEntry[] {
  return more.map(({ code, count }) => ({
    entry: {
      id: entryId(code, name, 'more'),
      group: 'Failed checks',
      tone: verdictLabels.fail.tone,
      code,
      kernels: [],
      title: `${name}: ${formatNumber(count)} more; all checks are in the table below`,
      line: null,
      blocks: [],
    },
    places: [],
  }));
}
