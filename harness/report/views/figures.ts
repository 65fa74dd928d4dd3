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
  readonly unit: 'x' | 's' | '%';
  /** Null where nothing is wanted of it. */
  readonly target: { readonly is: 'at most' | 'at least'; readonly value: number } | null;
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
  { words: 'cold / warm first verdict', of: 'cold-first', to: 'warm-first', target: { is: 'at least', value: 6 } },
  {
    words: 'load-only, three kernels, warm / unit',
    of: 'warm-three',
    to: 'unit',
    target: { is: 'at most', value: 0.7 },
  },
  { words: 'complete, one kernel, anew / unit', of: 'complete-one', to: 'unit', target: null },
  {
    words: 'complete, three kernels, anew / unit',
    of: 'warm-complete',
    to: 'unit',
    target: { is: 'at most', value: 10 },
  },
  { words: 'complete, one, nothing changed / unit', of: 'reused-one', to: 'unit', target: null },
  {
    words: 'complete, three, nothing changed / unit',
    of: 'reused-three',
    to: 'unit',
    target: { is: 'at most', value: 1 },
  },
  {
    words: 'complete, three, one class edited / unit',
    of: 'edited-three',
    to: 'unit',
    target: { is: 'at most', value: 3 },
  },
  {
    words: 'complete, another architecture / first kernel',
    of: 'complete-other',
    to: 'complete-one',
    target: { is: 'at most', value: 2 },
  },
  {
    words: '... in processor time',
    of: 'complete-other-cpu',
    to: 'complete-one-cpu',
    target: { is: 'at most', value: 2 },
  },
  { words: 'virtme-ng / cold first verdict', of: 'vng-own', to: 'cold-first', target: null },
  { words: 'virtme-ng / warm first verdict', of: 'vng-own', to: 'warm-first', target: null },
];

const limits: readonly {
  readonly words: string;
  readonly of: MeasureId;
  readonly most: number;
  readonly unit: Figure['unit'];
}[] = [
  { words: 'idle share of a complete run of three', of: 'complete-idle', most: 10, unit: '%' },
  { words: 'harness outside QEMU', of: 'overhead', most: 0.4, unit: 's' },
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
    ...limits.map(({ words, of, most, unit }) => {
      const { samples, why } = measureOf(measures, of);
      return figure({ words, value: medianOf(samples), unit, target: { is: 'at most', value: most }, why });
    }),
  ];
}

function measureOf(measures: readonly Measure[], id: MeasureId): Pick<Measure, 'samples' | 'why'> {
  return measures.find((measure) => measure.id === id) ?? { samples: [], why: 'not asked for' };
}

function figure(parts: Omit<Figure, 'met'>): Figure {
  const { value, target } = parts;
  if (value === null) return { ...parts, met: null, why: parts.why ?? 'no sample' };
  if (target === null) return { ...parts, met: null, why: null };
  return { ...parts, met: target.is === 'at most' ? value <= target.value : value >= target.value, why: null };
}
