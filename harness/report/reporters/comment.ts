// SPDX-License-Identifier: Apache-2.0
import { type CiFinding, ciFindings, describeKernels } from '../ci/findings.js';
import type { FinishedRun, ReporterDefinition } from '../reporter.js';
import { describeBaseline } from '../views/baseline.js';
import { formatCount } from '../views/format.js';
import { gridsOf } from '../views/grid.js';
import { exitLabel, type Label, verdictLabels } from '../views/labels.js';
import {
  type Block,
  escapeMarkdown,
  htmlCode,
  markdownCode,
  markdownDetails,
  markdownProse,
  markdownWithin,
} from '../views/markdown.js';
import { checkTotals, kernelTotals, programTotals } from '../views/totals.js';

/** What failed or changed, and nothing else: for a comment on a pull request. */
export const commentReporter: ReporterDefinition = {
  writes: 'file',
  kinds: {
    run: (to) => ({
      name: 'comment',
      onEnd: (run) => to.save('comment.md', renderComment(run, ciFindings(run, to))),
    }),
  },
};

/** GitHub refuses a comment of more characters; a byte is no more than one, and who posts it may add a line. */
const commentLimit = 64_000;

/** Who posts it finds the comment of the last run by it, and changes that one. */
const commentMarker = '<!-- bpf-matrix comment -->';

/** As Markdown of at most 65 536 characters. Nothing in it that came from an object, a log or an agent is markup. */
export function renderComment(run: FinishedRun, findings: readonly CiFinding[]): string {
  const of = (holds: (finding: CiFinding) => boolean): readonly Block[] => blocksOf(findings.filter(holds));
  return markdownWithin(
    [
      { title: null, blocks: [headline(run, findings)], room: 'reserved' },
      { title: 'Worse than the baseline', blocks: of(({ isChange, level }) => isChange && level === 'error') },
      { title: 'Failed', blocks: of(({ isChange, isMachine, level }) => !isChange && !isMachine && level === 'error') },
      { title: 'Broke, or was not run', blocks: of(({ isMachine }) => isMachine) },
      { title: 'Other than in the baseline', blocks: of(({ isChange, level }) => isChange && level === 'note') },
    ],
    commentLimit,
  );
}

function headline(run: FinishedRun, findings: readonly CiFinding[]): Block {
  const { report, baseline } = run;
  const { symbol, text, meaning } = exitLabel(report.exitCode);
  const compared = describeBaseline(baseline);
  const totals = [`${kernelTotals(report)}; ${programTotals(gridsOf(report))}`, ...checkTotals(report)];
  const lines = [...totals, ...(compared === null ? [] : [compared])].map((line) => `${escapeMarkdown(line)}.`);
  return [
    commentMarker,
    `### ${symbol} ${escapeMarkdown(report.tool.name)}: ${text}, ${meaning}`,
    '',
    ...(findings.length === 0 ? [`Nothing failed${compared === null ? '' : ', and nothing changed'}.`, ''] : []),
    lines.join(' '),
    '',
  ];
}

/** Each kind of finding once for all kernels that show it; more of one code than a person reads are folded. */
function blocksOf(findings: readonly CiFinding[]): readonly Block[] {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return codes
    .flatMap((code): readonly Block[] => {
      const own = findings.filter((finding) => finding.code === code);
      const shown = own.slice(0, shownOfCode).map(findingBlock);
      const more = own.slice(shownOfCode);
      if (more.length === 0) return [...shown];
      const title = `${formatCount(more.length, 'more finding')} of ${htmlCode(code)}`;
      return [...shown, markdownDetails(title, more.flatMap(findingBlock))];
    })
    .concat(findings.length === 0 ? [] : [['']]);
}

const shownOfCode = 8;

function findingBlock(finding: CiFinding): Block {
  const { code, title, line, advice, again, place } = finding;
  const where = place === null ? '' : ` at ${markdownCode(`${place.file}:${place.line}`)}`;
  return [
    `- ${labelOf(finding).symbol} **${escapeMarkdown(code)}**${escapeMarkdown(describeKernels(finding))}: ${escapeMarkdown(title)}${where}`,
    ...(line === null ? [] : [`  - ${markdownCode(line)}`]),
    ...(place === null || place.text === '' ? [] : [`  - ${markdownCode(place.text)}`]),
    ...(advice === null ? [] : [`  - do: ${markdownProse(advice)}`]),
    ...(again === null ? [] : [`  - again: ${markdownCode(again)}`]),
  ];
}

function labelOf({ isMachine, level }: CiFinding): Pick<Label, 'symbol'> {
  if (level === 'note') return { symbol: 'ℹ️' };
  if (!isMachine) return verdictLabels.fail;
  return level === 'warning' ? verdictLabels.unavailable : verdictLabels.infra;
}
