// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunEvent } from '../../../model/events.js';
import { streamDestination } from '../../../report/destination.js';
import { runPage } from '../../../report/pages/run.js';
import { PlainReporter } from '../../../report/reporters/plain.js';
import { LiveReporter, terminalReporter } from '../../../report/reporters/terminal.js';
import { eventsOf } from '../../fixtures/replay.js';
import { finished, surface } from '../../fixtures/reporting.js';
import { allPass, broken, rejectedOn612, thirteenKernels } from '../../fixtures/reports.js';
import { sizeOf } from '../../../report/views/page.js';
import { VirtualTerminal } from '../../fixtures/virtual-terminal.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

function reporterOn(stream: VirtualTerminal): LiveReporter<'run'> {
  const to = streamDestination(stream, { ...surface, env: { NO_COLOR: '1' } });
  return new LiveReporter<'run'>(to, ({ report }, page) => runPage(report, page));
}

function phase(kernel: string, detail: string): RunEvent {
  return { type: 'kernel-phase', kernel, phase: 'load', detail };
}

const started = eventsOf(allPass())[0]!;

describe('the live block', () => {
  it('is one line a kernel, redrawn in place', () => {
    const terminal = new VirtualTerminal();
    const reporter = reporterOn(terminal);
    reporter.onEvent(started);
    for (let n = 1; n <= 9; n++) {
      reporter.onEvent(phase('6.1', `${n}/9`));
      vi.advanceTimersByTime(500);
    }
    expect(terminal.lines()).toEqual([
      'bpf-matrix: 3 kernels, 1 object (aegis), 2 at a time',
      expect.stringMatching(/^[|/\\-] 6\.1 {3}load {5}9\/9 +4\.5 s$/),
      '  6.12  waiting',
      '  6.17  waiting',
    ]);
    reporter.close();
  });

  it('is redrawn at most ten times a second, however much happens', () => {
    const terminal = new VirtualTerminal();
    const reporter = reporterOn(terminal);
    reporter.onEvent(started);
    for (let n = 0; n < 1000; n++) {
      reporter.onEvent(phase('6.1', `step ${n}`));
      vi.advanceTimersByTime(1);
    }
    expect(terminal.writes.length).toBeGreaterThan(5);
    expect(terminal.writes.length).toBeLessThanOrEqual(10);
    reporter.close();
  });

  it('shows each kernel as it ended', () => {
    const terminal = new VirtualTerminal();
    const reporter = reporterOn(terminal);
    for (const event of eventsOf(rejectedOn612())) reporter.onEvent(event);
    reporter.close();
    expect(
      terminal
        .lines()
        .slice(-3)
        .map((line) => line.trim().split(/\s+/).slice(0, 2)),
    ).toEqual([
      ['6.1', 'pass'],
      ['6.12', 'FAIL'],
      ['6.17', 'pass'],
    ]);
  });

  it.each([1, 2, 5, 10, 20, 39, 79, 200])('never wraps at %i columns', (columns) => {
    const terminal = new VirtualTerminal(columns);
    const reporter = reporterOn(terminal);
    reporter.onEvent(started);
    reporter.onEvent(phase('6.12', 'x'.repeat(300)));
    vi.advanceTimersByTime(1000);
    reporter.close();
    expect(terminal.lines().filter((line) => line !== '').length).toBeLessThanOrEqual(4);
    expect(terminal.lines().every((line) => line.length < Math.max(2, columns))).toBe(true);
  });

  it('leaves nothing behind when the terminal gets narrower and wider', () => {
    const terminal = new VirtualTerminal(120);
    const reporter = reporterOn(terminal);
    reporter.onEvent(started);
    reporter.onEvent(phase('6.1', 'a program with quite a long name, so that the line wraps'));
    for (const columns of [100, 37, 61, 20, 120]) {
      vi.advanceTimersByTime(300);
      terminal.resize(columns);
      vi.advanceTimersByTime(300);
      expect(terminal.lines(), String(columns)).toHaveLength(4);
      expect(terminal.lines()[0]).toMatch(/^bpf-matrix/);
    }
    reporter.close();
  });

  it('prints a notice once, above the block, and whole', () => {
    const terminal = new VirtualTerminal(40);
    const reporter = reporterOn(terminal);
    reporter.onEvent(started);
    vi.advanceTimersByTime(300);
    const exactlyTwoRows = `note: ${'n'.repeat(74)}`;
    for (const text of ['no KVM here', 'n'.repeat(74), 'no KVM here']) {
      reporter.onEvent({ type: 'notice', text });
      vi.advanceTimersByTime(300);
    }
    const lines = terminal.lines();
    expect(lines[0]).toBe('note: no KVM here');
    expect(lines.slice(1, 3).join('')).toBe(exactlyTwoRows);
    expect(lines[3]).toMatch(/^bpf-matrix/);
    expect(lines).toHaveLength(7);
    reporter.close();
  });

  it('with more kernels than rows shows the busy ones and counts the others', () => {
    const terminal = new VirtualTerminal(80, 8);
    const reporter = reporterOn(terminal);
    const events = eventsOf(thirteenKernels());
    for (const event of events.slice(0, 30)) reporter.onEvent(event);
    reporter.onEvent(phase('newest', 'busy'));
    vi.advanceTimersByTime(1000);
    expect(terminal.lines().length).toBeLessThanOrEqual(9);
    expect(terminal.lines().join('\n')).toMatch(/newest +load/);
    expect(terminal.lines().at(-1)).toMatch(/and \d+ kernels more, \d+ of them done/);
    reporter.close();
  });

  it('sets no mode that somebody would have to reset, and hides no cursor', () => {
    const terminal = new VirtualTerminal();
    const reporter = reporterOn(terminal);
    for (const event of eventsOf(broken())) reporter.onEvent(event);
    vi.advanceTimersByTime(1000);
    reporter.onEnd(finished(broken()));
    expect(terminal.writes.join('')).not.toMatch(/\u001b\[\?|\u001b[^[]/);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the end on a terminal', () => {
  it('puts the summary in place of the block', () => {
    const terminal = new VirtualTerminal();
    const reporter = reporterOn(terminal);
    for (const event of eventsOf(rejectedOn612())) reporter.onEvent(event);
    vi.advanceTimersByTime(1000);
    reporter.onEnd(finished(rejectedOn612()));
    reporter.close();
    const text = terminal.lines().join('\n');
    expect(text).not.toContain('at a time');
    expect(text).toContain('log   reports/latest/logs/6.12/verifier/socket_connect.log');
    expect(terminal.lines().at(-1)).toBe('FAIL: exit 1, an incompatibility or a regression');
  });

  it('keeps what was known when the run is cut off', () => {
    const terminal = new VirtualTerminal();
    const reporter = reporterOn(terminal);
    reporter.onEvent(started);
    reporter.onEvent(phase('6.1', '3/9 file_open'));
    reporter.close();
    reporter.close();
    expect(terminal.lines().join('\n')).toMatch(/6\.1 +load +3\/9 file_open/);
    expect(terminal.lines()).toHaveLength(4);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the choice', () => {
  it.each([
    [{ isTTY: true }, {}, LiveReporter],
    [{ isTTY: true }, { TERM: 'dumb' }, PlainReporter],
    [{ isTTY: false }, {}, PlainReporter],
    [{}, { FORCE_COLOR: '1' }, PlainReporter],
  ])('%j with %j', (stream, env, expected) => {
    const write = (): void => undefined;
    const to = streamDestination({ ...stream, write }, { ...surface, env });
    expect(terminalReporter.kinds.run?.(to)).toBeInstanceOf(expected);
  });
});

describe('a terminal that is resized in the middle of a run', () => {
  it('has the end of the run at its new width, and nothing of the block is left', () => {
    const terminal = new VirtualTerminal(120);
    const reporter = reporterOn(terminal);
    const report = rejectedOn612();
    for (const event of eventsOf(report).slice(0, 12)) reporter.onEvent(event);
    vi.advanceTimersByTime(500);
    terminal.resize(60);
    for (const event of eventsOf(report).slice(12)) reporter.onEvent(event);
    vi.advanceTimersByTime(500);
    reporter.onEnd(finished(report));
    const lines = terminal.lines();
    expect(lines.filter((line) => line.startsWith('bpf-matrix: 3 kernels'))).toEqual([]);
    expect(lines.join(' ')).toContain('FAIL: exit 1, an incompatibility or a regression');
    const wide = lines.filter(
      (line) =>
        line.length > 60 &&
        line
          .trim()
          .split(/\s+/)
          .every((word) => word.length < 40),
    );
    expect(wide).toEqual([]);
  });

  it('of unknown width is taken to have 80 columns', () => {
    const terminal = new VirtualTerminal(0);
    expect(sizeOf({ columns: 0, rows: 0 })).toEqual({ columns: 80, rows: 24 });
    expect(sizeOf({})).toEqual({ columns: 80, rows: 24 });
    const reporter = reporterOn(terminal);
    reporter.onEvent(started);
    reporter.close();
    expect(terminal.writes.join('')).toContain('6.12');
  });
});
