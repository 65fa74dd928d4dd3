// SPDX-License-Identifier: Apache-2.0
import type { ExitCode } from '../../model/exit-code.js';
import { sumOf } from '../../model/sum.js';
import type { Trend, TrendHost, TrendRow, TrendRun } from '../../verdict/trend.js';
import { formatCount, formatDuration, formatNumber, shortDate } from './format.js';
import { exitLabel } from './labels.js';
import type { RunView, SeriesView } from './trend-rows.js';

export function runViews({ runs }: Trend): readonly RunView[] {
  return runs.map(runView);
}

function runView({ line, host, reused, sessions, apart }: TrendRun): RunView {
  const { text, tone } = exitLabel(line.exitCode as ExitCode);
  const { kernels } = line;
  const passed = kernels.filter(({ verdict }) => verdict === 'pass').length;
  const failed = sumOf(kernels.map(({ checks }) => checks.failed));
  const checks = sumOf(kernels.map((one) => one.checks.pass + one.checks.failed + one.checks.unproved));
  return {
    date: shortDate(line.started),
    verdict: text,
    tone,
    kernels: `${passed} of ${kernels.length} pass`,
    checks: checks === 0 ? '-' : `${formatNumber(checks)}${failed === 0 ? '' : `, ${formatNumber(failed)} failed`}`,
    time: formatDuration(line.ms),
    host,
    note: reused > 0 ? `${reused} of ${sessions} sessions reused` : (apart ?? ''),
  };
}

/** Instructions of the verifier. */
export function costViews({ costs }: Trend): readonly SeriesView[] {
  return costs.map((row) => seriesView(row, formatNumber));
}

/** Times of runs and machines. */
export function timeViews({ times }: Trend): readonly SeriesView[] {
  return times.map((row) => seriesView(row, formatDuration));
}

function seriesView(row: TrendRow, format: (value: number) => string): SeriesView {
  const { kernel, program, values, first, last, releases } = row;
  const known = values.filter((value) => value !== null);
  return {
    kernel,
    name: program ?? (kernel === 'run' ? 'start to end' : 'all machines'),
    values,
    texts: values.map((value) => (value === null ? '-' : format(value))),
    first: format(first),
    last: format(last),
    ofFirst: describeRatio(last, first),
    ofBefore: describeRatio(last, known.at(-2) ?? last),
    tone: last > first ? 'warn' : last < first ? 'good' : 'dull',
    note: releases.join(' -> '),
    isChanged: new Set(known).size > 1,
  };
}

/** `AMD EPYC 7763, 2 processors, tcg, 3 at a time, QEMU 10.0.2`. */
export function describeHost({ letter, host, jobs }: TrendHost): string {
  const processors = formatCount(host.cpus, 'processor');
  const parts = [host.cpu, processors, host.accel ?? 'no machine', `${jobs} at a time`];
  return `${letter}: ${[...parts, ...(host.qemu === null ? [] : [`QEMU ${host.qemu}`])].join(', ')}`;
}

/** `x1.21`; nothing has a ratio to 0. */
function describeRatio(value: number, base: number): string {
  if (value === base) return '=';
  return base === 0 ? '-' : `x${(value / base).toFixed(2)}`;
}

export function describeFlake({ kernel, session, inputs, now, before, on, seen }: Trend['flakes'][number]): string {
  const when = `${before} on ${shortDate(on)}, ${now} on ${shortDate(seen)}`;
  return `${kernel} ${session}: ${when}, with the same inputs (${inputs.slice(0, 12)})`;
}
