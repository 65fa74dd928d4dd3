// SPDX-License-Identifier: Apache-2.0
import { isBaselineNote } from '../../verdict/baseline-texts.js';
import { gainsOf, otherwisePassed, type Gain } from '../views/check-failures.js';
import { conditionLines } from '../views/conditions.js';
import { describeNotOffered, notOfferedSides } from '../views/not-offered.js';
import { notesOf } from '../views/notes.js';
import { partialLines } from '../views/partial.js';
import { unattachedLines } from '../views/unattached.js';
import { unsizedLines } from '../views/unsized.js';
import { oneLine } from '../views/text.js';
import { linesBlock } from './blocks.js';
import { entryId, type PageSource, type PlacedEntry } from './entry.js';

/** What fails nothing and should be known. */
export function noteEntries(source: PageSource): readonly PlacedEntry[] {
  const { report } = source;
  const sides = notOfferedSides(report).map((side): Remarks => [
    `Not offered ${describeNotOffered(side)}`,
    side.reasons.flatMap(({ detail, scenarios }) => [
      `${detail}:`,
      ...scenarios.map(({ name, kernels }) => `  ${name} (${kernels.join(', ')})`),
    ]),
  ]);
  const remarks: readonly Remarks[] = [
    ['Improvements to write down', gainLines(gainsOf(report))],
    ['Denied by another rule', gainLines(otherwisePassed(report))],
    ['Loaded with', conditionLines(report)],
    ['What loads of the rest', partialLines(report)],
    ['Loaded and not attached', unattachedLines(report)],
    ['Maps without a size', unsizedLines(report)],
    ...sides,
  ];
  return [...kernelNotes(source), ...remarks.filter(([, lines]) => lines.length > 0).map(remarkEntry)];
}

type Remarks = readonly [title: string, lines: readonly string[]];

function remarkEntry([title, lines]: Remarks): PlacedEntry {
  return note(title, [], lines);
}

function gainLines(gains: readonly Gain[]): readonly string[] {
  return gains.map(
    ({ kernels, label, scenario, check, detail }) =>
      `${kernels.join(', ')}: ${label}: ${scenario}, ${check}: ${detail}`,
  );
}

/** Equal notes of several kernels once; what the baseline notes is shown as what changed, where that is known. */
function kernelNotes({ report, diffs }: PageSource): readonly PlacedEntry[] {
  const notes = notesOf(report.kernels, (text) => diffs === null || !isBaselineNote(text));
  return notes.map(({ note: text, kernels }) => note(text, kernels, []));
}

function note(title: string, kernels: readonly string[], lines: readonly string[]): PlacedEntry {
  return {
    entry: {
      id: entryId('note', title),
      group: 'Notes',
      tone: 'warn',
      code: '',
      kernels,
      title: oneLine(title),
      line: null,
      blocks: linesBlock('folded', `${lines.length} lines`, lines),
    },
    places: [],
  };
}
