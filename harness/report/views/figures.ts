// SPDX-License-Identifier: Apache-2.0
import type { BenchReport, Measure, MeasureId } from '../../model/bench.js';

/** The middle of the samples, the mean of the two middle ones of an even number; null without any. */
export function medianOf(samples: readonly number[]): number | null {
  const sorted = samples.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? null : (upper + lower) / 2;
}

/** One figure beside what is wanted of it. */
export interface Figure {
  readonly words: string;
  /** Null when a measure it needs was not taken. */
  readonly value: number | null;
  readonly unit: 'x' | 's';
  readonly target: { readonly is: 'at most' | 'at least'; readonly value: number };
  readonly met: boolean | null;
  /** Why there is no value; null with one. */
  readonly why: string | null;
}

interface Ratio {
  readonly words: string;
  readonly of: MeasureId;
  readonly to: MeasureId;
  readonly target: Figure['target'];
}

const ratios: readonly Ratio[] = [
  { words: 'cold first verdict / floor', of: 'cold-first', to: 'floor', target: { is: 'at most', value: 1.15 } },
  { words: 'cold / warm first verdict', of: 'cold-first', to: 'warm-first', target: { is: 'at least', value: 8 } },
  { words: 'virtme-ng / warm first verdict', of: 'vng-own', to: 'warm-first', target: { is: 'at least', value: 25 } },
];

const limits: readonly { readonly words: string; readonly of: MeasureId; readonly most: number }[] = [
  { words: 'load-only run of three kernels, warm', of: 'warm-three', most: 2 },
  { words: 'load-only run of all kernels, warm', of: 'warm-all', most: 6 },
  { words: 'complete run of three kernels, warm', of: 'warm-complete', most: 10 },
  { words: 'harness outside QEMU', of: 'overhead', most: 0.4 },
];

/** Ratios first: they carry from one machine to another; then times that have a target. */
export function benchFiguresOf({ measures }: Pick<BenchReport, 'measures'>): readonly Figure[] {
  return [
    ...ratios.map(({ words, of, to, target }) => {
      const [above, below] = [measureOf(measures, of), measureOf(measures, to)];
      const [upper, lower] = [medianOf(above.samples), medianOf(below.samples)];
      const value = upper === null || lower === null || lower === 0 ? null : upper / lower;
      return figure({ words, value, unit: 'x', target, why: above.why ?? below.why });
    }),
    ...limits.map(({ words, of, most }) => {
      const { samples, why } = measureOf(measures, of);
      return figure({ words, value: medianOf(samples), unit: 's', target: { is: 'at most', value: most }, why });
    }),
  ];
}

function measureOf(measures: readonly Measure[], id: MeasureId): Pick<Measure, 'samples' | 'why'> {
  return measures.find((measure) => measure.id === id) ?? { samples: [], why: 'not asked for' };
}

function figure(parts: Omit<Figure, 'met'>): Figure {
  const { value, target } = parts;
  if (value === null) return { ...parts, met: null, why: parts.why ?? 'no sample' };
  return { ...parts, met: target.is === 'at most' ? value <= target.value : value >= target.value, why: null };
}
