// SPDX-License-Identifier: Apache-2.0
import type { Trend } from '../../verdict/trend.js';
import { formatCount } from '../views/format.js';
import type { Page } from '../views/page.js';
import { type SparkSigns, sparkline } from '../views/sparkline.js';
import { type Span, tableLines, tableSpan } from '../views/table.js';
import { oneLine } from '../views/text.js';
import type { RunView, SeriesView } from '../views/trend-rows.js';
import { clipText } from '../views/width.js';
import { costViews, describeFlake, describeHost, runViews, timeViews } from '../views/trend.js';

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
    ...section(
      'Hosts',
      trend.hosts.map((host) => page.palette.dim(`  ${oneLine(describeHost(host))}`)),
      page,
    ),
    ...section('Instructions of the verifier', costLines(trend, page, view), page),
    ...section('Time', timeLines(trend, page, view), page),
    ...section(
      'Flaky',
      trend.flakes.map((flake) => page.palette.tones.bad(`  ${oneLine(describeFlake(flake))}`)),
      page,
    ),
  ];
}

function section(title: string, lines: readonly string[], page: Page): readonly string[] {
  return lines.length === 0 ? [] : [page.palette.strong(title), ...lines, ''];
}

function runTable(trend: Trend, page: Page): readonly string[] {
  const head = ['run (UTC)', 'verdict', 'kernels', 'checks', 'time', 'host', ''];
  const rows = runViews(trend).map((run) => runRow(run, page));
  return tableLines([head.map((text) => tableSpan(text, page.palette.dim)), ...rows], 2, page.columns);
}

function runRow({ date, verdict, tone, kernels, checks, time, host, note }: RunView, page: Page): readonly Span[] {
  return [
    tableSpan(date),
    tableSpan(verdict, page.palette.tones[tone]),
    ...[kernels, checks, time, host].map((text) => tableSpan(text)),
    tableSpan(note, page.palette.dim),
  ];
}

function costLines(trend: Trend, page: Page, { every, signs }: TrendView): readonly string[] {
  const all = costViews(trend);
  const shown = every ? all : all.filter(({ isChanged }) => isChanged);
  const same = all.length - shown.length;
  const rest = `  ${formatCount(same, 'program result')} without a change (--program '*' shows all)`;
  return [...seriesTable(shown, page, signs), ...(same === 0 ? [] : [rest])];
}

function timeLines(trend: Trend, page: Page, { signs }: TrendView): readonly string[] {
  const apart = trend.runs.filter((run) => run.apart !== null).length;
  const rest = `  ${formatCount(apart, 'run')} left out: see the table of runs`;
  return [...seriesTable(timeViews(trend), page, signs), ...(apart === 0 ? [] : [rest])];
}

/** Longer names are cut, so that the numbers have room. */
const narrowName = 24;

function seriesTable(all: readonly SeriesView[], page: Page, signs: SparkSigns): readonly string[] {
  if (all.length === 0) return [];
  const head = ['kernel', '', '', 'first', 'last', 'of the first', 'of the one before', ''];
  const rows = all.map((row) => seriesRow(row, page, signs));
  return tableLines([head.map((text) => tableSpan(text, page.palette.dim)), ...rows], 2, page.columns);
}

function seriesRow(row: SeriesView, page: Page, signs: SparkSigns): readonly Span[] {
  const name = oneLine(row.name);
  const room = page.columns < 100 ? narrowName : Number.POSITIVE_INFINITY;
  return [
    tableSpan(row.kernel, page.palette.strong),
    tableSpan(clipText(name, room)),
    tableSpan(sparkline(row.values, signs)),
    tableSpan(row.first),
    tableSpan(row.last),
    tableSpan(row.ofFirst, page.palette.tones[row.tone]),
    tableSpan(row.ofBefore),
    tableSpan(row.note, page.palette.dim),
  ];
}
