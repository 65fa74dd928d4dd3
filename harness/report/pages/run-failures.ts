// SPDX-License-Identifier: Apache-2.0
import { machineLabel } from '../../contracts/registry.js';
import type { RunReport, SourceLine } from '../../model/report.js';
import { wholeObject } from '../views/cases.js';
import { checkFailuresOf, type ClassFailures, type Gain, type ScenarioFailure } from '../views/check-failures.js';
import type { FailedCheck } from '../../model/check.js';
import { describeFailedCheck } from '../views/checks.js';
import type { Failure } from '../views/failures.js';
import { formatNumber } from '../views/format.js';
import { cellLabels, verdictLabels } from '../views/labels.js';
import type { Page } from '../views/page.js';
import type { SaidOnce } from '../views/said-once.js';
import { oneLine } from '../views/text.js';
import { describeNotOffered, notOfferedSides } from '../views/not-offered.js';
import { causeFacts, ladderLines, pathLines } from '../views/why.js';

/** A fault as a person acts on it: where, what, why, the source line and the log. */
export function failureLines(failure: Failure, page: Page, said: SaidOnce): readonly string[] {
  return [titleLine(failure, page), ...reasons(failure, page, said), ''];
}

function titleLine(failure: Failure, page: Page): string {
  const { text: label, tone } = cellLabels[failure.kind];
  const item =
    failure.item === wholeObject ? `${failure.object} (${wholeObject})` : `${failure.object}/${failure.item}`;
  const step = failure.why === null ? failure.step : `${failure.step}, ${failure.why.errno}`;
  const title = `  ${label} ${failure.kernels.join(', ')}  ${oneLine(item)}  ${failure.code} (${step})`;
  return page.palette.tones[tone](title);
}

/** Failures that were expected in two lines each: what it is, and why it is fine; the log has the rest. */
export function expectedLines(failures: readonly Failure[], page: Page): readonly string[] {
  return failures.filter(({ kind }) => kind === 'expected').flatMap((failure) => expectedFailure(failure, page));
}

function expectedFailure(failure: Failure, page: Page): readonly string[] {
  const { note, why, logs } = failure;
  return [
    titleLine(failure, page),
    `    ${oneLine(why?.decidingLine ?? 'no further evidence')}`,
    ...noteLine(note),
    ...logLine(logs, page),
    '',
  ];
}

function noteLine(note: string | null): readonly string[] {
  return note === null ? [] : [`    note  ${oneLine(note)}`];
}

function logLine(logs: readonly string[], page: Page): readonly string[] {
  return logs.length === 0 ? [] : [`    log   ${bracedPath(logs.map((log) => page.path(log)))}`];
}

function reasons({ why, logs, note, object, item }: Failure, page: Page, said: SaidOnce): readonly string[] {
  const where = oneLine(item === wholeObject ? object : `${object}/${item}`);
  if (why === null) return ['    no further evidence', ...noteLine(note)];
  return [
    `    ${said.text(oneLine(why.decidingLine), where)}`,
    ...noteLine(note),
    ...sourceLine('at  ', why.source),
    ...sourceLine('from', why.origin),
    ...pathLines(why).map((line) => `    via   ${line}`),
    ...ladderLines(why).map((line) => `    tried ${line}`),
    ...causeFacts(why).map(([label, text]) => `    ${label.padEnd(4)}  ${said.text(text, where)}`),
    ...(logs.length > 0 ? logLine(logs, page) : ['    log   none: nothing was written']),
  ];
}

function sourceLine(label: string, source: SourceLine | null): readonly string[] {
  if (source === null) return [];
  return [`    ${label}  ${oneLine(source.file)}:${source.line}  ${oneLine(source.text).trim()}`];
}

/** Paths that differ in one folder as one path a shell expands: `logs/{6.8,6.12}/console.log`. */
export function bracedPath(paths: readonly string[]): string {
  const split = paths.map((path) => path.split('/'));
  const [first] = split;
  if (first === undefined || split.some((parts) => parts.length !== first.length)) return paths.join(' ');
  const differing = [...first.keys()].filter((at) => split.some((parts) => parts[at] !== first[at]));
  const [only] = differing;
  if (only === undefined) return paths[0] ?? '';
  if (differing.length > 1) return paths.join(' ');
  return first.with(only, `{${split.map((parts) => parts[only] ?? '').join(',')}}`).join('/');
}

/** Failed checks by class and scenario, each check with what was expected, what happened and the evidence. */
export function checkFailureLines(report: RunReport, page: Page): readonly string[] {
  return checkFailuresOf(report).flatMap((failures) => classLines(failures, page));
}

function classLines({ class: name, shown, more }: ClassFailures, page: Page): readonly string[] {
  return [
    page.palette.strong(`  ${name}`),
    ...shown.flatMap((failure) => scenarioLines(failure, page)),
    ...more.map(({ code, count }) =>
      page.palette.tones.bad(`    and ${formatNumber(count)} more ${code} in junit.xml`),
    ),
    '',
  ];
}

function scenarioLines(
  { kernels, environment, contract, scenario, checks }: ScenarioFailure,
  page: Page,
): readonly string[] {
  const { text: label, tone } = verdictLabels.fail;
  const machine = machineLabel({ contract, environment });
  const where = `${kernels.join(', ')}${machine === 'lsm' ? '' : ` (${machine})`}`;
  return [
    page.palette.tones[tone](`    ${label} ${where}  ${oneLine(scenario)}`),
    ...checks.flatMap((check) => checkLines(check, kernels, page)),
  ];
}

/** Lines of evidence shown of one check; all of them are in junit.xml. */
const shownEvidence = 6;

function checkLines(
  { check, attempt, outcome }: FailedCheck,
  kernels: readonly string[],
  page: Page,
): readonly string[] {
  const shown = outcome.evidence.slice(0, page.detail === 'verbose' ? undefined : shownEvidence);
  const rest = outcome.evidence.length - shown.length;
  const [first] = kernels;
  const from = kernels.length > 1 && shown.length > 0 ? [`        evidence of ${first ?? ''}:`] : [];
  return [
    `      ${oneLine(`${check}: ${describeFailedCheck(outcome)}`)}`,
    ...(attempt === null ? [] : [`        attempt: ${oneLine(attempt)}`]),
    ...[
      ...from,
      ...shown.map((line) => `        | ${oneLine(line)}`.trimEnd()),
      ...(rest === 0 ? [] : [`        | and ${formatNumber(rest)} more lines in junit.xml`]),
    ].map((line) => page.palette.dim(line)),
  ];
}

/** Improvements shown. */
const shownGains = 12;

/** Improvements, or what passed otherwise. */
export function gainLines(gains: readonly Gain[], page: Page): readonly string[] {
  const rest = gains.slice(shownGains).reduce((sum, { kernels }) => sum + kernels.length, 0);
  return [
    ...gains.slice(0, shownGains).flatMap((gain) => gainText(gain, page)),
    ...(rest === 0 ? [] : [`  and ${formatNumber(rest)} more in junit.xml`]),
  ];
}

function gainText({ kernels, label, scenario, check, detail }: Gain, page: Page): readonly string[] {
  const title = `  ${kernels.join(', ')}  ${label}  ${oneLine(`${scenario}, ${check}`)}`;
  return [page.palette.tones.warn(title), `    ${oneLine(detail)}`];
}

/** One line: how often, by whom and why. */
export function notOfferedLines(report: RunReport): readonly string[] {
  const texts = notOfferedSides(report).map((side) => oneLine(describeNotOffered(side)));
  return texts.length === 0 ? [] : [`  ${texts.join('; ')}; which, in summary.md`];
}
