import type { RunReport } from '../model/report.js';
import { gainsOf, notOfferedTexts, type Gain } from './check-asides.js';
import { checkFailuresOf, type ClassFailures, type ScenarioFailure } from './check-failures.js';
import { verdictLine, type FailedCheck } from './checks.js';
import type { Page } from './page.js';
import { oneLine } from './text.js';
import { grouped, verdictWords } from './words.js';

/** Failed checks by class and scenario, each check with what was expected, what happened and the evidence. */
export function checkFailureLines(report: RunReport, page: Page): readonly string[] {
  return checkFailuresOf(report).flatMap((failures) => classLines(failures, page));
}

function classLines({ class: name, shown, more }: ClassFailures, page: Page): readonly string[] {
  return [
    page.palette.strong(`  ${name}`),
    ...shown.flatMap((failure) => scenarioLines(failure, page)),
    ...more.map(({ code, count }) => page.palette.tones.bad(`    and ${grouped(count)} more ${code} in junit.xml`)),
    '',
  ];
}

function scenarioLines({ kernels, environment, scenario, checks }: ScenarioFailure, page: Page): readonly string[] {
  const { word, tone } = verdictWords.fail;
  const where = `${kernels.join(', ')}${environment === 'lsm' ? '' : ` (${environment})`}`;
  return [
    page.palette.tones[tone](`    ${word} ${where}  ${oneLine(scenario)}`),
    ...checks.flatMap((check) => checkLines(check, kernels, page)),
  ];
}

/** Lines of evidence shown of one check; all of them are in junit.xml. */
const shownEvidence = 6;

function checkLines({ check, attempt, outcome }: FailedCheck, kernels: readonly string[], page: Page): readonly string[] {
  const told = outcome.evidence.slice(0, shownEvidence);
  const rest = outcome.evidence.length - told.length;
  const [first] = kernels;
  const from = kernels.length > 1 && told.length > 0 ? [`        evidence of ${first ?? ''}:`] : [];
  return [
    `      ${oneLine(`${check}: ${verdictLine(outcome)}`)}`,
    ...(attempt === null ? [] : [`        attempt: ${oneLine(attempt)}`]),
    ...[
      ...from,
      ...told.map((line) => `        | ${oneLine(line)}`.trimEnd()),
      ...(rest === 0 ? [] : [`        | and ${grouped(rest)} more lines in junit.xml`]),
    ].map((line) => page.palette.dim(line)),
  ];
}

/** Improvements shown. */
const shownGains = 12;

export function gainLines(report: RunReport, page: Page): readonly string[] {
  const gains = gainsOf(report);
  const rest = gains.slice(shownGains).reduce((sum, { kernels }) => sum + kernels.length, 0);
  return [
    ...gains.slice(0, shownGains).flatMap((gain) => gainText(gain, page)),
    ...(rest === 0 ? [] : [`  and ${grouped(rest)} more in junit.xml`]),
  ];
}

function gainText({ kernels, label, scenario, check, detail }: Gain, page: Page): readonly string[] {
  const title = `  ${kernels.join(', ')}  ${label}  ${oneLine(`${scenario}, ${check}`)}`;
  return [page.palette.tones.warn(title), `    ${oneLine(detail)}`];
}

/** One line: how often, by whom and why. */
export function notOfferedLines(report: RunReport): readonly string[] {
  const texts = notOfferedTexts(report).map(oneLine);
  return texts.length === 0 ? [] : [`  ${texts.join('; ')}`];
}
