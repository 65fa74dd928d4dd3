// SPDX-License-Identifier: Apache-2.0
import type { CheckRef, Finding } from '../../model/finding.js';
import { defaultContract } from '../../contracts/registry.js';
import { checkLabel } from '../views/checks.js';
import { describeClaim, describeFolded, type ShownFinding } from '../views/findings.js';
import type { DocLink } from '../views/doc-link.js';
import { formatNumber } from '../views/format.js';
import { verdictLabels } from '../views/labels.js';
import { type Block, escapeMarkdown, markdownBlock, markdownCode, markdownDetails } from '../views/markdown.js';

/** A root cause of a run in Markdown: what is wrong and how to see it again in the open, what follows collapsed. */
export function findingBlock(shown: ShownFinding, link: DocLink): Block {
  const { finding, kernels } = shown;
  const { code, title, first, doc, next } = finding;
  const where = kernels.map((kernel) => `**${escapeMarkdown(kernel)}**`).join(', ');
  const claim = describeClaim(shown);
  const folded = escapeMarkdown(describeFolded(shown).join('; '));
  const others = foldedScenarios(finding);
  return [
    `${verdictLabels.fail.symbol} ${where} ${code}: ${escapeMarkdown(title)}`,
    '',
    `- first: ${escapeMarkdown(`${checkLabel({ ...first, contract: contractOf(finding) })}: ${first.scenario}: ${first.check}`)}`,
    ...(first.attempt === null ? [] : [`- tried ${markdownCode(first.attempt)}`]),
    `- expected ${escapeMarkdown(first.expected)}`,
    `- actual: ${escapeMarkdown(first.actual)}`,
    ...(claim === null ? [] : [`- ${escapeMarkdown(claim)}`]),
    `- do: ${escapeMarkdown(next)}`,
    `- logs ${shown.logs.map(markdownCode).join(', ')}`,
    `- doc ${link(doc)}`,
    `- again: ${markdownCode(shown.again)}`,
    '',
    ...(first.evidence.length === 0 ? [] : [...evidence(shown), '']),
    ...(folded === '' ? [] : others.length === 0 ? [folded, ''] : markdownDetails(folded, others)),
  ];
}

function evidence({ finding: { first }, kernels }: ShownFinding): readonly string[] {
  const [kernel = ''] = kernels;
  return [
    ...(kernels.length > 1 ? [`Evidence of ${escapeMarkdown(kernel)}:`, ''] : []),
    ...markdownBlock(first.evidence),
  ];
}

/** Scenarios listed; all checks are in junit.xml. */
const shownScenarios = 200;

/** A line a scenario with its checks, but for the first check, which stands above. */
function foldedScenarios(finding: ShownFinding['finding']): readonly string[] {
  const scenarios = new Map<string, string[]>();
  for (const ref of finding.refs.filter((one) => !isSameCheck(one, finding.first))) {
    const label = scenarioLabel(ref, contractOf(finding));
    scenarios.set(label, [...(scenarios.get(label) ?? []), ref.check]);
  }
  const lines = [...scenarios].map(([name, checks]) => `- ${escapeMarkdown(`${name}: ${checks.join(', ')}`)}`);
  const rest = lines.length - shownScenarios;
  return [...lines.slice(0, shownScenarios), ...(rest > 0 ? [`- _and ${formatNumber(rest)} more in junit.xml_`] : [])];
}

function isSameCheck(a: CheckRef, b: CheckRef): boolean {
  return a.class === b.class && a.environment === b.environment && a.scenario === b.scenario && a.check === b.check;
}

function scenarioLabel(ref: CheckRef, contract: string): string {
  return `${checkLabel({ ...ref, contract })}: ${ref.scenario}`;
}

/** Of what does not load nothing was attempted. */
function contractOf({ contract }: Finding): string {
  return contract ?? defaultContract.name;
}
