// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../../model/finding.js';
import { formatDuration } from '../views/format.js';
import type { Page } from '../views/page.js';
import { tableSpan, tableLines, type Span } from '../views/table.js';
import { oneLine } from '../views/text.js';

/** One planted fault on one kernel, as the table shows it. */
export interface SelftestRow {
  readonly kernel: string;
  readonly fault: string;
  readonly what: string;
  readonly expected: readonly string[];
  /** Everything that was raised, each code once. */
  readonly raised: readonly string[];
  /** Expected and not raised. */
  readonly missed: readonly string[];
  /** Raised, and neither expected nor a consequence. */
  readonly surplus: readonly string[];
  /** The root causes that all of it was put down to: one for one fault. */
  readonly causes: readonly Pick<Finding, 'code' | 'title' | 'hook' | 'program'>[];
  /** Why that is not the one that was planted; null where it is. */
  readonly split: string | null;
  /** Of what was raised, one line each, for a person who wonders. */
  readonly findings: readonly string[];
  /** Milliseconds on its machines, without the time it waited for them. */
  readonly ms: number;
}

const shownFindings = 6;

/** Faults x what was raised, then the findings of whatever did not come out as it should. */
export function selftestPage(rows: readonly SelftestRow[], page: Page): readonly string[] {
  const head = ['kernel', 'fault', 'planted', 'expected', 'raised', 'took', ''];
  const table = [head.map((text) => tableSpan(text, page.palette.dim)), ...rows.map((row) => faultRow(row, page))];
  const wrong = rows.filter((row) => !isFaultCaught(row));
  return [
    ...tableLines(table, 2, page.columns),
    '',
    ...wrong.flatMap((row) => wrongLines(row, page)),
    totals(rows, page),
  ];
}

/** Everything that was expected was raised, nothing else, and all of it was put down to one cause. */
export function isFaultCaught({ missed, surplus, split }: SelftestRow): boolean {
  return missed.length === 0 && surplus.length === 0 && split === null;
}

function faultRow(row: SelftestRow, page: Page): readonly Span[] {
  const right = isFaultCaught(row);
  return [
    tableSpan(row.kernel, page.palette.strong),
    tableSpan(row.fault),
    tableSpan(row.what),
    tableSpan(row.expected.join(' ') || 'nothing'),
    tableSpan(row.raised.join(' ') || 'nothing'),
    tableSpan(formatDuration(row.ms)),
    right
      ? tableSpan(row.expected.length === 0 ? 'quiet' : 'caught', page.palette.tones.good)
      : tableSpan(wrongLabel(row), page.palette.tones.bad),
  ];
}

function wrongLabel({ missed, surplus }: SelftestRow): string {
  if (missed.length > 0) return 'MISSED';
  return surplus.length > 0 ? 'SURPLUS' : 'SPLIT';
}

function wrongLines(row: SelftestRow, page: Page): readonly string[] {
  const findings = row.findings.slice(0, shownFindings).map((finding) => `    ${oneLine(finding)}`);
  const more = row.findings.length - shownFindings;
  return [
    page.palette.tones.bad(`  ${row.kernel} ${row.fault}: ${reason(row)}`),
    ...(findings.length === 0 ? ['    nothing was raised'] : findings),
    ...(more > 0 ? [`    and ${more} more`] : []),
    '',
  ];
}

function reason({ missed, surplus, split }: SelftestRow): string {
  const parts = [];
  if (missed.length > 0) parts.push(`not raised: ${missed.join(', ')}`);
  if (surplus.length > 0) parts.push(`raised besides: ${surplus.join(', ')}`);
  if (split !== null) parts.push(`not one finding: ${split}`);
  return parts.join('; ');
}

function totals(rows: readonly SelftestRow[], page: Page): string {
  const right = rows.filter(isFaultCaught).length;
  const text = `${right}/${rows.length} planted faults came out as they should`;
  return right === rows.length ? page.palette.tones.good(`PASS: ${text}`) : page.palette.tones.bad(`FAIL: ${text}`);
}
