// SPDX-License-Identifier: Apache-2.0
import { type CiFinding, ciFindings, describeKernels, findingText } from '../ci/findings.js';
import type { ReporterDefinition } from '../reporter.js';
import { formatCount } from '../views/format.js';

/** Commands for the runner of GitHub: it shows them at the lines of a pull request. */
export const annotationsReporter: ReporterDefinition = {
  writes: 'commands',
  kinds: {
    run: (to) => ({
      name: 'annotations',
      onEnd: (run) => to.save('annotations.txt', renderAnnotations(ciFindings(run, to))),
    }),
  },
};

/** GitHub shows so many of one kind for a step, and drops the rest without a word. */
const shownOfStep = 10;

/** What has a line in the source, one command each; of more than are shown, how many. */
export function renderAnnotations(findings: readonly CiFinding[]): string {
  const placed = findings.flatMap((finding) =>
    finding.level === 'error' && finding.place !== null ? [annotation(finding, finding.place)] : [],
  );
  const more = placed.length - shownOfStep;
  const rest =
    more <= 0
      ? []
      : [
          `::notice title=bpf-matrix::${formatCount(more, 'more finding')} at lines of the source: summary.md has all of them`,
        ];
  return [...placed.slice(0, shownOfStep), ...rest].map((line) => `${line}\n`).join('');
}

function annotation(finding: CiFinding, { file, line, text }: NonNullable<CiFinding['place']>): string {
  const title = `${finding.code}${describeKernels(finding)}`;
  const { advice } = finding;
  const lines = [findingText(finding), ...(text === '' ? [] : [text]), ...(advice === null ? [] : [`do: ${advice}`])];
  const properties = { file, line: String(line), title };
  const given = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(value)}`);
  return `::error ${given.join(',')}::${escapeCommand(lines.join('\n'))}`;
}

/** As the runner undoes it (actions/toolkit, packages/core/src/command.ts). */
function escapeCommand(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function escapeProperty(text: string): string {
  return escapeCommand(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
