// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { fileDestination } from '../../../report/destination.js';
import { openMetricsReporter } from '../../../report/reporters/openmetrics.js';
import { openMetricsText } from '../../../report/views/openmetrics.js';
import { answered, historyKernel, historyLine } from '../../fixtures/history.js';
import { readOpenMetrics } from '../../fixtures/open-metrics.js';
import { eventsOf } from '../../fixtures/replay.js';
import { finished, surface } from '../../fixtures/reporting.js';
import { broken, rejectedOn612, thirteenKernels } from '../../fixtures/reports.js';

/** A foreign reader, by what it gives. */
type Family = {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly { labels?: Record<string, string>; value: string }[];
};
const foreignName = 'parse-prometheus-text-format';
const { default: foreign } = (await import(foreignName)) as { default: (text: string) => readonly Family[] };

const nasty = 'aegis/"quoted"\\back\nslash';
const line = historyLine(1, {
  programs: ['aegis/file_open', nasty],
  kernels: [historyKernel({ sessions: [answered(), answered({ session: 'lsm', since: '2026-11-01T10:00:00.000Z' })] })],
});

function valueOf(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  return readOpenMetrics(text).find(
    (one) => one.name === name && Object.entries(labels).every(([key, value]) => one.labels.get(key) === value),
  )?.value;
}

describe('OpenMetrics text', () => {
  it('has what a run came to and cost', () => {
    const text = openMetricsText(line);
    expect(valueOf(text, 'bpf_matrix_run_exit_code')).toBe(0);
    expect(valueOf(text, 'bpf_matrix_run_duration_seconds')).toBe(7);
    expect(valueOf(text, 'bpf_matrix_run_started_seconds')).toBe(Date.parse('2026-11-01T10:00:00Z') / 1000);
    expect(valueOf(text, 'bpf_matrix_run_info', { accel: 'tcg', cpu: 'AMD EPYC' })).toBe(1);
    expect(valueOf(text, 'bpf_matrix_kernel_verdict', { bpf_matrix_kernel_verdict: 'pass' })).toBe(1);
    expect(valueOf(text, 'bpf_matrix_kernel_verdict', { bpf_matrix_kernel_verdict: 'fail' })).toBe(0);
    expect(valueOf(text, 'bpf_matrix_kernel_sessions', { how: 'reused' })).toBe(1);
    expect(valueOf(text, 'bpf_matrix_verifier_instructions', { kernel: '6.12', program: 'aegis/file_open' })).toBe(
      1000,
    );
  });

  it('escapes what a program is called', () => {
    expect(valueOf(openMetricsText(line), 'bpf_matrix_verifier_instructions', { program: nasty })).toBe(500);
  });

  it('is read by a foreign parser, with the same names, labels and values', () => {
    const read = foreign(openMetricsText(line));
    const cost = read.find(({ name }) => name === 'bpf_matrix_verifier_instructions');
    expect(cost?.type).toBe('GAUGE');
    expect(cost?.metrics).toEqual([
      { labels: { kernel: '6.12', program: 'aegis/file_open' }, value: '1000' },
      { labels: { kernel: '6.12', program: nasty }, value: '500' },
    ]);
    const samples = read.reduce((sum, { metrics }) => sum + metrics.length, 0);
    expect(samples).toBe(readOpenMetrics(openMetricsText(line)).length);
  });

  it('has no family without a sample', () => {
    const text = openMetricsText(historyLine(1, { programs: [], kernels: [historyKernel({ insns: [] })] }));
    expect(text).not.toContain('bpf_matrix_verifier_instructions');
    expect(valueOf(text, 'bpf_matrix_kernel_machine_seconds')).toBe(6);
  });
});

describe('its reader in these tests', () => {
  it.each([
    ['no end', '# TYPE a gauge\na 1\n'],
    ['a wrong unit', '# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n'],
    ['a bare quote', '# TYPE a gauge\na{b="c"d"} 1\n# EOF\n'],
    ['a series that comes twice', '# TYPE a gauge\na{b="c"} 1\na{b="c"} 2\n# EOF\n'],
    ['a family in two parts', '# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# TYPE a gauge\na{c="d"} 1\n# EOF\n'],
  ])('refuses %s', (_, text) => {
    expect(() => readOpenMetrics(text)).toThrow();
  });
});

describe('--reporter openmetrics', () => {
  it.each([
    ['a run with a failure', rejectedOn612()],
    ['a kernel that broke', broken()],
    ['thirteen kernels', thirteenKernels()],
  ])('writes a file of %s that is valid', async (_, report) => {
    const saved: string[] = [];
    const to = {
      ...fileDestination('/nowhere', surface),
      save: (_name: string, text: string) => Promise.resolve(void saved.push(text)),
    };
    const reporter = openMetricsReporter.kinds.run!(to);
    for (const event of eventsOf(report)) reporter.onEvent?.(event);
    await reporter.onEnd?.(finished(report));
    expect(valueOf(saved[0]!, 'bpf_matrix_run_exit_code')).toBe(report.exitCode);
    expect(readOpenMetrics(saved[0]!).filter(({ name }) => name === 'bpf_matrix_kernel_verdict')).toHaveLength(
      report.kernels.length * 4,
    );
  });
});
