// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { BenchReport, Measure, MeasureId } from '../../../model/bench.js';
import { streamDestination } from '../../../report/destination.js';
import { benchmarkPage } from '../../../report/pages/benchmark.js';
import { jsonReporter } from '../../../report/reporters/json.js';
import { benchFiguresOf, medianOf } from '../../../report/views/figures.js';
import { pageOf, surface } from '../../fixtures/reporting.js';

const page = pageOf(120);

const taken = (id: MeasureId, ...samples: number[]): Measure => ({ id, words: id, unit: 's', samples, why: null });
const not = (id: MeasureId, why: string): Measure => ({ id, words: id, unit: 's', samples: [], why });

function reportOf(measures: readonly Measure[], load = 0.2): BenchReport {
  const host = { node: 'v20', qemu: '7.2', accel: 'tcg', cpus: 2, load };
  return { schema: 1, started: '2026-01-01T00:00:00Z', host, rounds: 3, kernels: ['6.12'], object: 'a.o', measures };
}

const figure = (measures: readonly Measure[], words: string) => {
  const found = benchFiguresOf({ measures }).find((one) => one.words === words);
  if (found === undefined) throw new Error(`no figure ${words}`);
  return found;
};

it('takes the middle, and the mean of the two middle ones', () => {
  expect(medianOf([9, 1, 2])).toBe(2);
  expect(medianOf([10, 1, 2, 4])).toBe(3);
  expect(medianOf([5])).toBe(5);
  expect(medianOf([])).toBeNull();
});

it('divides medians, and holds them against the target in its direction', () => {
  const measures = [taken('floor', 2, 2, 9), taken('cold-first', 2.2, 2.3, 2.1), taken('warm-first', 0.5, 0.3, 0.4)];
  expect(figure(measures, 'cold first verdict / floor')).toMatchObject({ value: 2.2 / 2, met: true, why: null });
  expect(figure(measures, 'cold / warm first verdict')).toMatchObject({ value: 2.2 / 0.4, met: false });
  expect(figure([taken('overhead', 0.4)], 'harness outside QEMU').met).toBe(true);
  expect(figure([taken('overhead', 0.41)], 'harness outside QEMU').met).toBe(false);
});

it('holds complete runs against the unit of the same run', () => {
  const measures = [taken('unit', 4), taken('warm-complete', 44), taken('reused-three', 1), taken('complete-idle', 9)];
  expect(figure(measures, 'complete, three kernels, anew / unit')).toMatchObject({ value: 11, met: false });
  expect(figure(measures, 'complete, three, nothing changed / unit')).toMatchObject({ value: 0.25, met: true });
  expect(figure(measures, 'idle share of a complete run of three')).toMatchObject({ value: 9, unit: '%', met: true });
  const edited = 'complete, three, one class edited / unit';
  expect(figure([...measures, taken('edited-three', 12)], edited)).toMatchObject({ value: 3, met: true });
  expect(figure([...measures, taken('edited-three', 12.1)], edited).met).toBe(false);
  const across = 'complete, another architecture / first kernel';
  expect(figure([taken('complete-one', 20), taken('complete-other', 41)], across)).toMatchObject({
    value: 2.05,
    met: false,
  });
  expect(figure([taken('complete-one', 20), taken('complete-other', 40)], across).met).toBe(true);
  expect(figure([...measures, taken('reused-one', 1)], 'complete, one, nothing changed / unit').met).toBeNull();
});

it('says why there is no figure, and never takes it for met', () => {
  const measures = [not('vng-own', 'there is no vng'), taken('warm-first', 0.3)];
  expect(figure(measures, 'virtme-ng / warm first verdict')).toMatchObject({
    value: null,
    met: null,
    why: 'there is no vng',
  });
  expect(figure([], 'harness outside QEMU')).toMatchObject({ met: null, why: 'not asked for' });
  expect(figure([taken('floor', 0), taken('cold-first', 1)], 'cold first verdict / floor').met).toBeNull();
});

it('tells ratios first, then measures with their spread, and what was not measured', () => {
  const text = benchmarkPage(
    reportOf([taken('floor', 2, 2.5, 2.25), taken('cold-first', 2.25), not('vng-own', 'there is no vng')]),
    page,
  ).join('\n');
  expect(text).toMatch(/cold first verdict \/ floor +1\.00 x +at most 1\.15 x +met/);
  expect(text).toMatch(/virtme-ng \/ warm first verdict +- +not measured: there is no vng/);
  expect(text).toMatch(/floor +2\.25 s +2\.00 to 2\.50/);
  expect(text.indexOf('Ratios')).toBeLessThan(text.indexOf('Measures'));
  expect(text).not.toContain('busy');
});

it('says that a busy host spoils it', () => {
  expect(benchmarkPage(reportOf([], 6), page).at(-1)).toContain('the host was busy');
});

it('writes JSON with measures and figures', async () => {
  let text = '';
  const to = streamDestination({ write: (more) => (text += more) }, surface);
  await jsonReporter.kinds.benchmark?.(to).onEnd?.(reportOf([taken('floor', 2)]));
  const parsed = JSON.parse(text) as { schema: number; figures: unknown[] };
  expect([parsed.schema, parsed.figures.length]).toEqual([1, 14]);
});
