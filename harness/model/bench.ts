// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from './kernel.js';

/** What is measured, by name; units are in the names of the values. */
export const measureIds = [
  'floor',
  'unit',
  'cold-first',
  'warm-first',
  'cold-one',
  'warm-one',
  'cold-three',
  'warm-three',
  'cold-all',
  'warm-all',
  'complete-one',
  'complete-one-cpu',
  'complete-other',
  'complete-other-cpu',
  'warm-complete',
  'complete-idle',
  'complete-qemu',
  'reused-one',
  'reused-three',
  'edited-three',
  'overhead',
  'sessions',
  'memory',
  'vng-backend',
  'vng-own',
] as const;
export type MeasureId = (typeof measureIds)[number];

export type Unit = 's' | 'MiB' | '1/s' | '%';

/** One thing that was measured several times, or why it was not. */
export interface Measure {
  readonly id: MeasureId;
  /** For people: `cold, to the first verdict`. */
  readonly words: string;
  readonly unit: Unit;
  /** In the order they were taken; empty when it was not measured. */
  readonly samples: readonly number[];
  /** Null when it was measured. */
  readonly why: string | null;
}

/** Everything that one call of `bench` found. */
export interface BenchReport {
  readonly schema: 1;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly host: {
    readonly node: string;
    readonly qemu: string;
    readonly accel: string;
    readonly cpus: number;
    /** One-minute load average when it began: figures of a busy host are not to be compared. */
    readonly load: number;
  };
  readonly rounds: number;
  readonly kernels: readonly KernelId[];
  readonly object: string;
  readonly measures: readonly Measure[];
}
