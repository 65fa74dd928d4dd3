// SPDX-License-Identifier: Apache-2.0
import type { RunReport } from '../../model/report.js';
import { describeClaim, describeFolded, findingsIn, type ShownFinding } from '../views/findings.js';
import { formatNumber } from '../views/format.js';
import { verdictLabels } from '../views/labels.js';
import type { Page } from '../views/page.js';
import type { SaidOnce } from '../views/said-once.js';
import { oneLine } from '../views/text.js';
import { wrapText } from '../views/width.js';
import { bracedPath } from './run-failures.js';

/** Lines of evidence shown of the first attempt; all of them are in junit.xml. */
const shownEvidence = 6;

/** One root cause after the other: what is wrong, the first attempt that shows it, what follows, how to ask it again. */
export function runFindingLines(report: RunReport, page: Page, said: SaidOnce): readonly string[] {
  return findingsIn(report).flatMap((shown) => findingLines(shown, page, said));
}

function findingLines(shown: ShownFinding, page: Page, said: SaidOnce): readonly string[] {
  const { finding, kernels } = shown;
  const { code, title, first, doc, next, environments } = finding;
  const { text: label, tone } = verdictLabels.fail;
  const elsewhere = environments.join() === 'lsm' ? '' : ` (${environments.join(', ')})`;
  return [
    page.palette.tones[tone](`  ${label} ${kernels.join(', ')}${elsewhere}  ${code}`),
    ...wrapText(oneLine(title), page.columns - 4).map((line) => page.palette.strong(`    ${line}`)),
    ...fact('first', `${first.class}: ${first.scenario}: ${first.check}`, page),
    ...(first.attempt === null ? [] : fact('tried', first.attempt, page)),
    ...fact('expected', first.expected, page),
    ...fact('actual', first.actual, page),
    ...fact('claim', describeClaim(shown), page),
    ...evidenceLines(shown, page),
    ...fact('do', said.text(next, `${code} on ${kernels.join(', ')}`), page),
    ...describeFolded(shown).flatMap((line, index) => fact(index === 0 ? 'folded' : '', line, page)),
    `    ${column('logs')}${bracedPath(shown.logs.map((folder) => page.path(folder)))}`,
    ...fact('doc', doc, page),
    `    ${column('again')}${shown.again}`,
    '',
  ];
}

const column = (text: string): string => text.padEnd(10);

/** A label and its text, which goes on below itself; nothing where there is none. A command is never broken. */
function fact(label: string, text: string | null, page: Page): readonly string[] {
  if (text === null) return [];
  const room = page.columns - 4 - column('').length;
  return wrapText(oneLine(text), room).map((line, index) => `    ${column(index === 0 ? label : '')}${line}`);
}

function evidenceLines({ finding: { first }, kernels }: ShownFinding, page: Page): readonly string[] {
  const shown = first.evidence.slice(0, page.detail === 'verbose' ? undefined : shownEvidence);
  const rest = first.evidence.length - shown.length;
  const [kernel] = kernels;
  return [
    ...(kernels.length > 1 && shown.length > 0 ? [`    evidence of ${kernel ?? ''}:`] : []),
    ...shown.map((line) => `    | ${oneLine(line)}`.trimEnd()),
    ...(rest === 0 ? [] : [`    | and ${formatNumber(rest)} more lines in junit.xml`]),
  ].map((line) => page.palette.dim(line));
}
