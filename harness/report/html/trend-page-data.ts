// SPDX-License-Identifier: Apache-2.0
import type { RunView, SeriesView } from '../views/trend-rows.js';

/**
 * What the page of a trend has in it, made by the harness (views/trend.ts) and shown by page/trend-main.tsx. Every text may come
 * from an object: it becomes text of the page, and never markup.
 */
export interface TrendPageData {
  /** How many runs, from when to when. */
  readonly title: string;
  readonly runs: readonly RunView[];
  /** A line each. */
  readonly hosts: readonly string[];
  readonly groups: readonly TrendGroup[];
  readonly flakes: readonly string[];
}

/** Rows of one unit. */
export interface TrendGroup {
  readonly title: string;
  readonly rows: readonly SeriesView[];
}
