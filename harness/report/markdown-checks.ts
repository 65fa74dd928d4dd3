import type { RunReport } from '../model/report.js';
import { gainsOf, notOfferedTexts } from './check-asides.js';
import { checkFailuresOf, type ClassFailures, type ScenarioFailure } from './check-failures.js';
import { checkGridOf } from './check-grid.js';
import { checkLegend, checkText, claimText, type CellText } from './check-words.js';
import { verdictLine } from './checks.js';
import { block, code, details, escape, tableRow } from './markdown-text.js';
import { grouped, verdictWords, type Tone } from './words.js';

/** The table classes x kernels below what the agent claimed, with a legend, as one block. */
export function checkGridBlocks(report: RunReport): readonly (readonly string[])[] {
  const grid = checkGridOf(report);
  if (grid === null) return [];
  const legend = checkLegend(grid).map(({ sign, meaning }) => `<b>${escape(sign)}</b> ${escape(meaning)}`);
  const lines = [
    tableRow([escape(report.agent?.name ?? 'checks'), ...grid.kernels.map(({ id }) => escape(id))]),
    tableRow(['---', ...grid.kernels.map(() => ':-:')]),
    ...grid.claims.map(({ label, cells }) => tableRow([label, ...cells.map((cell) => cellOf(claimText(cell)))])),
    ...grid.rows.map(({ label, cells }) => tableRow([label, ...cells.map((cell) => cellOf(checkText(cell)))])),
    '',
    `<sub>${legend.join(' · ')}</sub>`,
    '',
  ];
  return [lines];
}

const symbols: Readonly<Record<Tone, string>> = {
  good: '✅ ',
  bad: '❌ ',
  warn: '⚠️ ',
  dull: '',
};

function cellOf({ text, tone }: CellText): string {
  return `${symbols[tone]}${escape(text)}`;
}

/** Failed checks, a collapsed block a scenario, so that the size limit can leave out the last ones. */
export function checkFailureBlocks(report: RunReport): readonly (readonly string[])[] {
  return checkFailuresOf(report).flatMap(classBlocks);
}

function classBlocks({ shown, more }: ClassFailures): readonly (readonly string[])[] {
  const rest = more.map(({ code: failure, count }) => `${grouped(count)} more ${failure}`);
  const note = rest.length === 0 ? [] : [[`_and ${rest.join(', ')} in junit.xml_`, '']];
  return [...shown.map(scenarioBlock), ...note];
}

function scenarioBlock({ class: name, environment, scenario, checks, kernels }: ScenarioFailure): readonly string[] {
  const where = kernels.map((kernel) => `<b>${escape(kernel)}</b>`).join(', ');
  const codes = [...new Set(checks.map(({ outcome }) => outcome.code))].join(', ');
  const title = `${verdictWords.fail.symbol} ${where} ${name} (${environment}): ${escape(scenario)}: ${codes}`;
  const body = checks.flatMap(({ check, attempt, outcome }) => [
    `**${escape(check)}**: ${escape(verdictLine(outcome))}`,
    '',
    ...(attempt === null ? [] : [`Attempt: ${code(attempt)}`, '']),
    ...(outcome.evidence.length === 0 ? [] : [...evidenceOf(outcome.evidence, kernels), '']),
  ]);
  return details(title, body);
}

function evidenceOf(lines: readonly string[], kernels: readonly string[]): readonly string[] {
  const [first] = kernels;
  return [...(kernels.length > 1 ? [`Evidence of ${escape(first ?? '')}:`, ''] : []), ...block(lines)];
}

export function gainBlocks(report: RunReport): readonly (readonly string[])[] {
  const gains = gainsOf(report).map(({ kernels, label, scenario, check, detail }) => [
    `- **${kernels.map(escape).join(', ')}** ${escape(`${label}: ${scenario}, ${check}: ${detail}`)}`,
  ]);
  return gains.length === 0 ? [] : [...gains, ['']];
}

export function notOfferedBlocks(report: RunReport): readonly (readonly string[])[] {
  const texts = notOfferedTexts(report).map((text) => `- ${escape(text)}`);
  return texts.length === 0 ? [] : [[...texts, '']];
}
