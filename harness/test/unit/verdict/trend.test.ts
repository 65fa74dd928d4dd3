// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { HistoryLine } from '../../../model/history.js';
import { trendOf } from '../../../verdict/trend.js';
import { answered, historyKernel, historyLine } from '../../fixtures/history.js';

const all = { kernel: null, program: null };
const host = historyLine(1).host;

function costing(day: number, insns: readonly (number | null)[], more: Partial<HistoryLine> = {}): HistoryLine {
  return historyLine(day, { kernels: [historyKernel({ insns })], ...more });
}
const timesOf = (lines: readonly HistoryLine[]) =>
  trendOf(lines, all).times.map(({ kernel, values }) => [kernel, ...values]);

describe('what the verifier walked', () => {
  it('is a series a kernel and program, with its first and its last number', () => {
    const { costs } = trendOf([costing(1, [1000, 500]), costing(2, [1200, 500]), costing(3, [900, null])], all);
    expect(costs.map(({ program, values, first, last }) => [program, values, first, last])).toEqual([
      ['aegis/file_open', [1000, 1200, 900], 1000, 900],
      ['aegis/socket_connect', [500, 500, null], 500, 500],
    ]);
  });

  it('is found by the name of the program, wherever it stands in a line', () => {
    const other = costing(2, [7, 8], { programs: ['aegis/socket_connect', 'aegis/file_open'] });
    expect(trendOf([costing(1, [1, 2]), other], all).costs[0]?.values).toEqual([1, 8]);
  });

  it('has the releases of its kernel where these are not one', () => {
    const later = historyLine(2, { kernels: [historyKernel({ release: '6.12.58' })] });
    expect(trendOf([historyLine(1), later], all).costs[0]?.releases).toEqual(['6.12.57', '6.12.58']);
    expect(trendOf([historyLine(1), historyLine(2)], all).costs[0]?.releases).toEqual([]);
  });

  it('can be narrowed to kernels and programs', () => {
    const two = historyLine(1, { kernels: [historyKernel(), historyKernel({ id: '6.1' })] });
    const wanted = { kernel: (id: string) => id === '6.1', program: (name: string) => name.endsWith('open') };
    const { costs, times } = trendOf([two], wanted);
    expect(costs.map(({ kernel, program }) => [kernel, program])).toEqual([['6.1', 'aegis/file_open']]);
    expect(times).toEqual([]);
  });
});

describe('times', () => {
  it('are those of the run and of the machines of each kernel', () => {
    expect(timesOf([historyLine(1), historyLine(2, { ms: 9000 })])).toEqual([
      ['run', 7000, 9000],
      ['6.12', 6000, 6000],
    ]);
  });

  it.each([
    ['another host', { host: { ...host, cpu: 'Intel Xeon' } }],
    ['another host', { host: { ...host, accel: 'kvm' as const } }],
    ['another host', { jobs: 8 }],
    ['other objects or agents', { objects: [{ name: 'mine', sha256: 'a'.repeat(64) }] }],
    ['other sessions', { kernels: [historyKernel({ sessions: [answered(), answered({ session: 'lsm' })] })] }],
    [
      'answers were reused',
      { kernels: [historyKernel({ sessions: [answered({ since: '2026-11-01T10:00:00.000Z' })] })] },
    ],
  ])('of %s are named, and not compared', (why, more) => {
    const trend = trendOf([historyLine(1, more), historyLine(2)], all);
    expect(trend.runs.map(({ apart }) => apart)).toEqual([why, null]);
    expect(trend.times.map(({ values }) => values[0])).toEqual([null, null]);
  });

  it('of the last run are no times of asking where its answers were reused', () => {
    const reused = historyLine(2, {
      kernels: [historyKernel({ sessions: [answered({ since: '2026-11-01T10:00:00.000Z' })] })],
    });
    const trend = trendOf([historyLine(1), reused], all);
    expect(trend.runs.map(({ apart, reused: count, sessions }) => [apart, count, sessions])).toEqual([
      [null, 0, 1],
      ['answers were reused', 1, 1],
    ]);
    expect(trend.times.map(({ values }) => values)).toEqual([
      [7000, null],
      [6000, null],
    ]);
  });

  it('of a changed object under the same name are compared', () => {
    const edited = historyLine(1, { objects: [{ name: 'aegis', sha256: 'b'.repeat(64) }] });
    expect(trendOf([edited, historyLine(2)], all).runs[0]?.apart).toBeNull();
  });
});

it('gives each host a letter, and the same one again', () => {
  const lines = [historyLine(1), historyLine(2, { jobs: 1 }), historyLine(3)];
  const { runs, hosts } = trendOf(lines, all);
  expect(runs.map((run) => run.host)).toEqual(['a', 'b', 'a']);
  expect(hosts.map(({ letter, jobs }) => [letter, jobs])).toEqual([
    ['a', 3],
    ['b', 1],
  ]);
});

it('names what was flaky once, as it was last seen', () => {
  const lsm = (day: number, outcome: 'pass' | 'fail') =>
    historyLine(day, { kernels: [historyKernel({ sessions: [answered({ outcome })] })] });
  const { flakes } = trendOf([lsm(1, 'pass'), lsm(2, 'fail'), lsm(3, 'pass')], all);
  expect(flakes.map(({ now, before, on, seen }) => [now, before, on.slice(8, 10), seen.slice(8, 10)])).toEqual([
    ['pass', 'fail', '02', '03'],
  ]);
});
