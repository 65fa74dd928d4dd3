// SPDX-License-Identifier: Apache-2.0
import { formatCount } from '../views/format.js';
import { costViews, describeFlake, describeHost, runViews, timeViews } from '../views/trend.js';
import type { Trend } from '../../verdict/trend.js';
import { builtPageAssets } from './assets.js';
import { htmlFile, type PageAssets } from './document.js';
import type { TrendPageData } from './trend-page-data.js';

/** A trend as one file for a browser, without network. Throws where the program of the page was not built. */
export async function renderTrendHtml(trend: Trend, assets?: PageAssets): Promise<string> {
  const data = trendPageData(trend);
  const otherwise = 'trend without --html prints the same';
  return htmlFile({ title: data.title, data, otherwise, elements: [] }, assets ?? (await builtPageAssets('trend')));
}

function trendPageData(trend: Trend): TrendPageData {
  const runs = runViews(trend);
  const [first, last] = [runs[0]?.date ?? '', runs.at(-1)?.date ?? ''];
  const when = first === last ? `${last} UTC` : `${first} to ${last} UTC`;
  const groups = [
    { title: 'Instructions of the verifier', rows: costViews(trend) },
    { title: 'Time', rows: timeViews(trend) },
  ];
  return {
    title: `Trend of ${formatCount(runs.length, 'run')}, ${when}`,
    runs,
    hosts: trend.hosts.map(describeHost),
    groups: groups.filter(({ rows }) => rows.length > 0),
    flakes: trend.flakes.map(describeFlake),
  };
}
