// SPDX-License-Identifier: Apache-2.0
import {
  describeClaim,
  describeFolded,
  firstCheckOf,
  foldedScenarioNames,
  type ShownFinding,
} from '../views/findings.js';
import type { DocLink } from '../views/doc-link.js';
import { formatNumber } from '../views/format.js';
import { verdictLabels } from '../views/labels.js';
import {
  type Block,
  escapeMarkdown,
  markdownBlock,
  markdownCode,
  markdownDetails,
  markdownProse,
} from '../views/markdown.js';

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
    `- first: ${escapeMarkdown(firstCheckOf(finding))}`,
    ...(first.attempt === null ? [] : [`- tried ${markdownCode(first.attempt)}`]),
    `- expected ${escapeMarkdown(first.expected)}`,
    `- actual: ${escapeMarkdown(first.actual)}`,
    ...(claim === null ? [] : [`- ${escapeMarkdown(claim)}`]),
    `- do: ${markdownProse(next)}`,
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

function foldedScenarios(finding: ShownFinding['finding']): readonly string[] {
  const lines = foldedScenarioNames(finding).map((name) => `- ${escapeMarkdown(name)}`);
  const rest = lines.length - shownScenarios;
  return [...lines.slice(0, shownScenarios), ...(rest > 0 ? [`- _and ${formatNumber(rest)} more in junit.xml_`] : [])];
}
