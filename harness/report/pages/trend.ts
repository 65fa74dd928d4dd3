// SPDX-License-Identifier: Apache-2.0
import type { ExitCode } from '../../model/exit-code.js';
import type { Trend, TrendRow, TrendRun } from '../../verdict/trend.js';
import { formatCount, formatDuration, formatNumber } from '../views/format.js';
import { exitLabel } from '../views/labels.js';
import type { Page } from '../views/page.js';
import { type SparkSigns, sparkline } from '../views/sparkline.js';
import { type Span, tableLines, tableSpan } from '../views/table.js';
import { oneLine } from '../views/text.js';
import { wrapText } from '../views/width.js';
import { describeHost, describeRatio, shortDate } from '../views/trend.js';

/** How a trend is shown. */
export interface TrendView {
  readonly signs: SparkSigns;
  /** Rows that never changed are shown, too. */
  readonly every: boolean;
}

/** The last runs for a person: what they came to, what the verifier walked, how long they took, what was flaky. */
export function trendPage(trend: Trend, page: Page, view: TrendView): readonly string[] {
  return [
    ...runTable(trend, page),
    '',
    ...hostLines(trend, page),
    ...costLines(trend, page, view),
    ...timeLines(trend, page, view),
    ...flakeLines(trend, page),
  ];
}

function runTable({ runs }: Trend, page: Page): readonly string[] {
  const head = ['run (UTC)', 'verdict', 'kernels', 'checks', 'time', 'host', ''];
  return tableLines(
    [head.map((text) => tableSpan(text, page.palette.dim)), ...runs.map((run) => runRow(run, page))],
    2,
    page.columns,
  );
}

function runRow({ line, host, reused, sessions, apart }: TrendRun, page: Page): readonly Span[] {
  const { text, tone } = exitLabel(line.exitCode as ExitCode);
  const passed = line.kernels.filter(({ verdict }) => verdict === 'pass').length;
  const checks = line.kernels.reduce((sum, one) => sum + one.checks.pass + one.checks.failed + one.checks.unproved, 0);
  const failed = line.kernels.reduce((sum, one) => sum + one.checks.failed, 0);
  const note = reused > 0 ? `${reused} of ${sessions} sessions reused` : (apart ?? '');
  return [
    tableSpan(shortDate(line.started)),
    tableSpan(text, page.palette.tones[tone]),
    tableSpan(`${passed} of ${line.kernels.length} pass`),
    tableSpan(checks === 0 ? '-' : `${formatNumber(checks)}${failed === 0 ? '' : `, ${formatNumber(failed)} failed`}`),
    tableSpan(formatDuration(line.ms)),
    tableSpan(host),
    tableSpan(note, page.palette.dim),
  ];
}

function hostLines({ hosts }: Trend, page: Page): readonly string[] {
  const lines = hosts.flatMap(({ letter, ...host }) =>
    wrapText(oneLine(`${letter}: ${describeHost(host)}`), page.columns - 2).map((text) =>
      page.palette.dim(`  ${text}`),
    ),
  );
  return lines.length === 0 ? [] : [page.palette.strong('Hosts'), ...lines, ''];
}

function costLines({ costs }: Trend, page: Page, { every, signs }: TrendView): readonly string[] {
  const shown = every ? costs : costs.filter(isChanged);
  const same = costs.length - shown.length;
  const rest =
    same === 0 ? [] : [`  ${formatCount(same, 'program result')} without a change (--program '*' shows all)`];
  if (costs.length === 0) return [];
  const rows = shown.map((row) => seriesRow(row, page, { signs, format: formatNumber }));
  return [page.palette.strong('Instructions of the verifier'), ...seriesTable(rows, page), ...rest, ''];
}

function timeLines({ times, runs }: Trend, page: Page, { signs }: TrendView): readonly string[] {
  const apart = runs.filter((run) => run.apart !== null).length;
  const note = apart === 0 ? [] : [`  ${formatCount(apart, 'run')} left out: see the table of runs`];
  if (times.length === 0) return apart === 0 ? [] : [page.palette.strong('Time'), ...note, ''];
  const rows = times.map((row) => seriesRow(row, page, { signs, format: formatDuration }));
  return [page.palette.strong('Time'), ...seriesTable(rows, page), ...note, ''];
}

function seriesTable(rows: readonly (readonly Span[])[], page: Page): readonly string[] {
  const head = ['kernel', '', '', 'first', 'last', 'of the first', 'of the one before', ''];
  return rows.length === 0
    ? []
    : tableLines([head.map((text) => tableSpan(text, page.palette.dim)), ...rows], 2, page.columns);
}

interface Series {
  readonly signs: SparkSigns;
  readonly format: (value: number) => string;
}

function seriesRow(row: TrendRow, page: Page, { signs, format }: Series): readonly Span[] {
  const { kernel, program, values, first, last, releases } = row;
  const known = values.filter((value) => value !== null);
  const before = known.at(-2) ?? last;
  const paint = last > first ? page.palette.tones.warn : last < first ? page.palette.tones.good : undefined;
  return [
    tableSpan(kernel, page.palette.strong),
    tableSpan(oneLine(program ?? (kernel === 'run' ? 'start to end' : 'all machines'))),
    tableSpan(sparkline(values, signs)),
    tableSpan(format(first)),
    tableSpan(format(last)),
    tableSpan(describeRatio(last, first), paint),
    tableSpan(describeRatio(last, before)),
    tableSpan(releases.join(' -> '), page.palette.dim),
  ];
}

const isChanged = ({ values }: TrendRow): boolean => new Set(values.filter((value) => value !== null)).size > 1;

function flakeLines({ flakes }: Trend, page: Page): readonly string[] {
  if (flakes.length === 0) return [];
  const lines = flakes.flatMap(({ kernel, session, inputs, now, before, on, seen }) => {
    const text = `${kernel} ${session}: ${before} on ${shortDate(on)}, ${now} on ${shortDate(seen)}, with the same inputs (${inputs.slice(0, 12)})`;
    return wrapText(oneLine(text), page.columns - 2).map((line) => page.palette.tones.bad(`  ${line}`));
  });
  return [page.palette.strong('Flaky'), ...lines, ''];
}
