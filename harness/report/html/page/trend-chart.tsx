// SPDX-License-Identifier: Apache-2.0
import type { VNode } from 'preact';
import type { TrendPageData } from '../trend-page-data.js';

type Row = TrendPageData['groups'][number]['rows'][number];

interface TrendChartProps {
  readonly row: Row;
  /** One a run. */
  readonly dates: readonly string[];
}

/** Of the drawing, in its own units. */
const size = { width: 180, height: 26, edge: 4 };

/** A line through the numbers of a row, from its lowest to its highest; each with its run and its exact number in words. */
export function TrendChart({ row, dates }: TrendChartProps): VNode {
  const points = pointsOf(row);
  // A run without a number is a gap.
  const path = points
    .map(({ x, y, run }, at) => `${points[at - 1]?.run === run - 1 ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`)
    .join('');
  return (
    <details class="chart">
      <summary>
        <svg
          viewBox={`0 0 ${size.width} ${size.height}`}
          width={size.width}
          height={size.height}
          role="img"
          aria-label={`${row.name} on ${row.kernel}: ${row.first} at first, ${row.last} at last`}
        >
          <path d={path} fill="none" stroke="currentColor" stroke-width="1.5" />
          {points.map(({ x, y, run }) => (
            <circle key={run} cx={x} cy={y} r="2.5" fill="currentColor">
              <title>
                {dates[run]}: {row.texts[run]}
              </title>
            </circle>
          ))}
        </svg>
      </summary>
      <ol>
        {row.texts.map((text, run) => (
          <li key={run}>
            {dates[run]}: {text}
          </li>
        ))}
      </ol>
    </details>
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
  /** Index of the run. */
  readonly run: number;
}

function pointsOf({ values }: Row): readonly Point[] {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const { width, height, edge } = size;
  return values.flatMap((value, run): readonly Point[] => {
    if (value === null) return [];
    const across = values.length === 1 ? 0.5 : run / (values.length - 1);
    const up = high === low ? 0.5 : (value - low) / (high - low);
    return [{ x: edge + across * (width - 2 * edge), y: height - edge - up * (height - 2 * edge), run }];
  });
}
