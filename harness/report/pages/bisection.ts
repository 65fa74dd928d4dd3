// SPDX-License-Identifier: Apache-2.0
import type { Bisection, BisectRow, Flip } from '../../verdict/bisect.js';
import { formatCount, describeLoader, formatNumber, shortCompiler, shortHash } from '../views/format.js';
import { exitLabel } from '../views/labels.js';
import type { Tone } from '../views/tone.js';
import { markdownCode, escapeMarkdown, markdownTableRow } from '../views/markdown.js';
import type { Page } from '../views/page.js';
import { describeCause } from '../views/program-changes.js';
import { tableSpan, tableLines } from '../views/table.js';
import { oneLine } from '../views/text.js';

/** A bisection for a person: the object, the table, the flips, the verdict. */
export function bisectionPage(bisection: Bisection, page: Page): readonly string[] {
  const { object, flips, exitCode } = bisection;
  const { palette } = page;
  const facts = `${oneLine(object.file)}  sha256 ${shortHash(object.sha256)}  ${oneLine(shortCompiler(object))}`;
  const rows = releaseTable(bisection).map(({ release, version, verdict, insns, tone }) => [
    tableSpan(release),
    tableSpan(version, palette.dim),
    tableSpan(verdict, palette.tones[tone]),
    tableSpan(insns),
  ]);
  const reasons = reasonLines(bisection).map((line) => `  ${oneLine(line)}`);
  return [
    `${palette.strong(`${oneLine(object.name)}/${oneLine(bisection.program)}`)}  ${palette.dim(facts)}`,
    ...describeLoader(bisection),
    '',
    ...tableLines([tableHead.slice(0, -1).map((text) => tableSpan(text, palette.strong)), ...rows], 2, page.columns),
    '',
    ...flips.map((flip) => `  ${oneLine(describeFlip(flip))}`),
    ...(flips.length === 0 ? [] : ['']),
    ...(reasons.length === 0 ? [] : [...reasons, '']),
    palette.dim(`report: ${page.path('bisect.md')}`),
    palette.tones[exitLabel(exitCode).tone](oneLine(bisectConclusion(bisection))),
  ];
}

/** `bisect.md`: the verdict, the flips, the table. */
export function bisectionMarkdown(bisection: Bisection): string {
  const { object, flips, exitCode } = bisection;
  const built = [shortCompiler(object), ...describeLoader(bisection)].map(escapeMarkdown).join(', ');
  return [
    `## ${exitLabel(exitCode).symbol} ${escapeMarkdown(bisectConclusion(bisection))}`,
    '',
    ...flips.map((flip) => `- ${escapeMarkdown(describeFlip(flip))}`),
    ...(flips.length === 0 ? [] : ['']),
    markdownTableRow(tableHead),
    markdownTableRow(tableHead.map(() => '---')),
    ...releaseTable(bisection).map(({ release, version, verdict, insns, reason }) =>
      markdownTableRow([
        release,
        escapeMarkdown(version),
        escapeMarkdown(verdict),
        insns,
        reason === '' ? '' : markdownCode(reason),
      ]),
    ),
    '',
    `${markdownCode(object.file)} sha256 ${markdownCode(shortHash(object.sha256))} ${built}`,
    '',
  ].join('\n');
}

/** One line of the table; `...` stands for releases between two lines that were not asked. */
interface ReleaseRow {
  readonly release: string;
  readonly version: string;
  readonly verdict: string;
  readonly insns: string;
  readonly reason: string;
  readonly tone: Tone;
}

const tableHead = ['release', 'package', 'verdict', 'insns', 'why'] as const;

/** Release by release, with a line for those in between that were not asked. */
export function releaseTable({ offered, rows }: Bisection): readonly ReleaseRow[] {
  return rows.flatMap((row, at) => {
    const before = rows[at - 1];
    const gap = before === undefined ? 0 : offered.indexOf(row.release) - offered.indexOf(before.release) - 1;
    return gap > 0 ? [skipped(gap), releaseRow(row)] : [releaseRow(row)];
  });
}

function skipped(count: number): ReleaseRow {
  const verdict = `${formatNumber(count)} not asked`;
  return { release: '...', version: '', verdict, insns: '', reason: '', tone: 'dull' };
}

function releaseRow({ release, version, answer }: BisectRow): ReleaseRow {
  const line = { release, version: version ?? '-', insns: '', reason: '' };
  switch (answer.kind) {
    case 'loads':
      return {
        ...line,
        verdict: 'loads',
        insns: answer.insns === null ? '?' : formatNumber(answer.insns),
        tone: 'good',
      };
    case 'rejected':
      return { ...line, verdict: answer.code, reason: describeCause(answer), tone: 'bad' };
    case 'missing':
      return { ...line, verdict: `unknown: ${answer.code}`, reason: answer.detail, tone: 'warn' };
  }
}

/** Why, once for all releases with the same reason: `6.12.43, 6.12.48: lsm-return-range: At program exit ...`. */
export function reasonLines({ rows }: Bisection): readonly string[] {
  const merged = new Map<string, string[]>();
  for (const { release, reason } of rows.map(releaseRow)) {
    if (reason !== '') merged.set(reason, [...(merged.get(reason) ?? []), release]);
  }
  return [...merged].map(([reason, releases]) => `${releases.join(', ')}: ${reason}`);
}

/** `between 6.12.43 and 6.12.48: loads -> VERIFIER_REJECTED`. */
export function describeFlip({ between: [before, after], from, to, unknown }: Flip): string {
  const hole = unknown.length === 0 ? '' : ` (${unknown.join(', ')} in between gave no answer)`;
  return `between ${before} and ${after}: ${from} -> ${to}${hole}`;
}

export function bisectConclusion({ object, program, offered, rows, flips, exitCode }: Bisection): string {
  const asked = `${rows.length} of ${formatCount(offered.length, 'release')} asked`;
  const known = rows.filter(({ answer }) => answer.kind !== 'missing');
  const same = known.every(({ answer }) => answer.kind === 'loads')
    ? 'loads on all of them'
    : 'is rejected on all of them';
  const found =
    flips.length > 0 ? `flips ${formatCount(flips.length, 'time')}` : known.length > 0 ? same : 'gave no answer';
  return `${exitLabel(exitCode).text}: exit ${exitCode}, ${object.name}/${program} ${found} (${asked})`;
}
