import type { Bisection, BisectRow, Flip } from '../verdict/bisect.js';
import { causeWords } from './compare-words.js';
import { countOf, exitWord, grouped, type Tone } from './words.js';

/** One line of the table; `skipped` stands for releases between two lines that were not asked. */
export interface BisectLine {
  readonly release: string;
  readonly version: string;
  readonly verdict: string;
  readonly insns: string;
  readonly reason: string;
  readonly tone: Tone;
}

export const bisectHead = ['release', 'package', 'verdict', 'insns', 'why'] as const;

/** Release by release, with a line for those in between that were not asked. */
export function bisectTable({ offered, rows }: Bisection): readonly BisectLine[] {
  return rows.flatMap((row, at) => {
    const before = rows[at - 1];
    const gap = before === undefined ? 0 : offered.indexOf(row.release) - offered.indexOf(before.release) - 1;
    return gap > 0 ? [skipped(gap), lineOf(row)] : [lineOf(row)];
  });
}

function skipped(count: number): BisectLine {
  const verdict = `${grouped(count)} not asked`;
  return { release: '...', version: '', verdict, insns: '', reason: '', tone: 'dull' };
}

function lineOf({ release, version, answer }: BisectRow): BisectLine {
  const line = { release, version: version ?? '-', insns: '', reason: '' };
  switch (answer.kind) {
    case 'loads':
      return { ...line, verdict: 'loads', insns: answer.insns === null ? '?' : grouped(answer.insns), tone: 'good' };
    case 'rejected':
      return { ...line, verdict: answer.code, reason: causeWords(answer), tone: 'bad' };
    case 'missing':
      return { ...line, verdict: `unknown: ${answer.code}`, reason: answer.detail, tone: 'warn' };
  }
}

/** Why, once for all releases that say the same: `6.12.43, 6.12.48: lsm-return-range: At program exit ...`. */
export function reasonLines({ rows }: Bisection): readonly string[] {
  const merged = new Map<string, string[]>();
  for (const { release, reason } of rows.map(lineOf)) {
    if (reason !== '') merged.set(reason, [...(merged.get(reason) ?? []), release]);
  }
  return [...merged].map(([reason, releases]) => `${releases.join(', ')}: ${reason}`);
}

/** `between 6.12.43 and 6.12.48: loads -> VERIFIER_REJECTED`. */
export function flipLine({ between: [before, after], from, to, unknown }: Flip): string {
  const hole = unknown.length === 0 ? '' : ` (${unknown.join(', ')} in between gave no answer)`;
  return `between ${before} and ${after}: ${from} -> ${to}${hole}`;
}

export function bisectConclusion({ object, program, offered, rows, flips, exitCode }: Bisection): string {
  const asked = `${rows.length} of ${countOf(offered.length, 'release')} asked`;
  const known = rows.filter(({ answer }) => answer.kind !== 'missing');
  const same = known.every(({ answer }) => answer.kind === 'loads')
    ? 'loads on all of them'
    : 'is rejected on all of them';
  const found =
    flips.length > 0 ? `flips ${countOf(flips.length, 'time')}` : known.length > 0 ? same : 'gave no answer';
  return `${exitWord(exitCode).word}: exit ${exitCode}, ${object.name}/${program} ${found} (${asked})`;
}
