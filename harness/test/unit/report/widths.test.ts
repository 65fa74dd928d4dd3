// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import stringWidth from 'string-width';
import type { RunEvent } from '../../../model/events.js';
import type { KernelReport, RunReport } from '../../../model/report.js';
import { ExitCode } from '../../../model/exit-code.js';
import { streamDestination } from '../../../report/destination.js';
import { terminalReporter } from '../../../report/reporters/terminal.js';
import { fitLines } from '../../../report/views/fit.js';
import type { Verbosity } from '../../../report/views/page.js';
import { withoutAnsi } from '../../../report/views/text.js';
import { withFlakes } from '../../../verdict/flakes.js';
import { kernelWith } from '../../fixtures/planted-kernel.js';
import { eventsOf } from '../../fixtures/replay.js';
import { run } from '../../fixtures/report-base.js';
import { agent } from '../../fixtures/report-checks.js';
import { finished, surface } from '../../fixtures/reporting.js';
import {
  broken,
  brokenHalfWay,
  rejectedOn612,
  thirteenKernels,
  twoObjects,
  unavailable,
} from '../../fixtures/reports.js';

const leaking = (): RunReport =>
  run([kernelWith('hook_returns_zero', '6.1'), kernelWith('hook_returns_zero', '6.12')], ExitCode.incompatible, {
    agent,
  });

/** Characters of two columns, of none, and of several code points. */
const names = ['日本語_プログラム', 'e\u0301te\u0301', '👩‍👩‍👧‍👦_family', 'плохо'];

/** The same run with other names of programs. */
function renamed(report: RunReport): RunReport {
  const text = JSON.stringify(report, (_, value: unknown) => value);
  const programs = [...new Set([...text.matchAll(/"name":"(\w+)","section"/g)].map(([, name = '']) => name))];
  const changed = programs.reduce(
    (all, name, at) => all.replaceAll(name, `${names[at % names.length] ?? ''}_${at}`),
    text,
  );
  return JSON.parse(changed) as RunReport;
}

const flaky = (): RunReport =>
  withFlakes(leaking(), [
    {
      kernel: '6.12',
      session: 'lsm',
      inputs: 'aa',
      now: 'pass',
      before: 'fail FALSE_BLOCK',
      on: '2026-11-01T10:00:00.000Z',
    },
  ]);

/** Two programs that fail for the same cause, each at its own line. */
function twiceRejected(): RunReport {
  const report = rejectedOn612();
  const kernels = report.kernels.map((kernel): KernelReport => {
    if (kernel.status === 'unavailable') return kernel;
    const objects = kernel.objects.map((object) => ({
      ...object,
      programs: object.programs.flatMap((program) =>
        program.load.kind === 'failed' ? [program, { ...program, name: 'socket_bind' }] : [program],
      ),
    }));
    return { ...kernel, objects };
  });
  return { ...report, kernels };
}

const runs: readonly (readonly [string, RunReport])[] = [
  ['a rejected program', rejectedOn612()],
  ['two programs rejected for one cause', twiceRejected()],
  ['an agent that leaks', leaking()],
  ['a flake', flaky()],
  ['a broken kernel', broken()],
  ['a kernel that broke half way', brokenHalfWay()],
  ['kernels that could not be had', unavailable()],
  ['thirteen kernels', thirteenKernels()],
  ['two objects', twoObjects()],
  ['names of all scripts', renamed(rejectedOn612())],
];

interface On {
  readonly columns?: number;
  readonly isTTY?: boolean;
  readonly detail?: Verbosity;
  readonly env?: Readonly<Record<string, string>>;
}

/** All that a run prints where nothing can be drawn in place. */
function printed(
  report: RunReport,
  { columns, isTTY = false, detail = 'normal', env = {} }: On,
  events = eventsOf(report),
): string {
  let text = '';
  const stream = { write: (more: string) => (text += more), isTTY, columns };
  const to = streamDestination(stream, { ...surface, detail, env: { TERM: 'dumb', ...env } });
  const reporter = terminalReporter.kinds.run?.(to);
  for (const event of events) reporter?.onEvent?.(event);
  void reporter?.onEnd?.(finished(report));
  return text;
}

const wordsOf = (text: string): readonly string[] =>
  withoutAnsi(text)
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '\\' && word !== '|');

const widths = [60, 80, 120, 200];

describe.each(runs)('%s', (_, report) => {
  it.each(widths)('has no line that is longer than %i columns but for one word that is', (columns) => {
    for (const line of printed(report, { columns, isTTY: true }).split('\n')) {
      const width = stringWidth(line);
      const widest = Math.max(0, ...wordsOf(line).map((word) => stringWidth(word)));
      // A label, and one word that no terminal of this width has room for beside it.
      if (width > columns) expect(widest, line).toBeGreaterThan(columns - columns / 3 - 2);
    }
    expect(report.kernels.length).toBeGreaterThan(0);
  });

  it.each(widths)('has the same sentences at %i columns as where nobody says how many there are', (columns) => {
    // Tables leave out columns, and claims fall into two lines.
    const prose = (text: string): string =>
      wordsOf(text.slice(text.search(/^(Failures|Findings|Broken|Kernels that)/m))).join(' ');
    expect(prose(printed(report, { columns, isTTY: true }))).toContain(
      prose(printed(report, { columns: 120 })).slice(0, 40),
    );
    const end = (text: string): string => wordsOf(text).slice(-8).join(' ');
    expect(end(printed(report, { columns, isTTY: true }))).toBe(end(printed(report, {})));
  });

  it('says no sentence twice, in the whole run', () => {
    const sentences = printed(report, {})
      .split('\n')
      .map((line) => line.replace(/^\s*(?:\S+ {2,}|\| |[^ :]+: )?/, ''))
      // What is in a table, or of the evidence, or of the state of a kernel, is no sentence of ours.
      .filter(
        (text) =>
          /[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}/.test(text) && !/^(pass|FAIL|\||6\.|none: nothing)/.test(text),
      );
    const twice = sentences.filter((text, at) => sentences.indexOf(text) !== at);
    expect(twice).toEqual([]);
  });

  it('ends in the same page, whichever kernel ends first', () => {
    const page = (text: string): string => text.slice(text.indexOf('\n\n'));
    const backwards = [...eventsOf(report)].reverse();
    expect(page(printed(report, {}, backwards))).toBe(page(printed(report, {})));
  });

  it('quietly says what failed, and the last line', () => {
    const quiet = printed(report, { detail: 'quiet' }).trimEnd().split('\n');
    expect(quiet.at(-1)).toMatch(/^(PASS|FAIL|INCOMPLETE): exit \d/);
    expect(quiet.join('\n')).not.toMatch(/fetch|whole object +ok|bpf-matrix: /);
  });
});

it('says what was said before by where it stands', () => {
  const text = printed(twiceRejected(), {});
  expect(text).toContain('why   as for aegis/socket_connect');
  expect(text).toContain('do    as for aegis/socket_connect');
});

it('quietly says of a run that passed the last line alone', () => {
  const passed = run(rejectedOn612().kernels.slice(0, 1), ExitCode.ok);
  expect(printed(passed, { detail: 'quiet' })).toBe('PASS: exit 0, every required kernel ran and passed\n');
});

it('verbosely says every program and every session', () => {
  const answer = {
    session: 'lsm.2',
    inputs: 'abcdef0123456789',
    outcome: 'pass',
    codes: [],
    since: null,
    ms: 11_200,
  } as const;
  const events: readonly RunEvent[] = [...eventsOf(rejectedOn612()), { type: 'session-ended', kernel: '6.12', answer }];
  const text = printed(rejectedOn612(), { detail: 'verbose' }, events);
  expect(text).toContain('6.1: aegis/file_open: ok');
  expect(text).toContain('6.12: lsm.2: pass, 11.2 s, inputs abcdef012345');
  expect(printed(rejectedOn612(), {}, events)).not.toContain('lsm.2');
});

it('has no colours with NO_COLOR, wherever lines are broken', () => {
  expect(printed(rejectedOn612(), { columns: 60, isTTY: true, env: { NO_COLOR: '1' } })).not.toContain('\u001b');
  expect(printed(rejectedOn612(), { columns: 60, isTTY: true, env: { FORCE_COLOR: '1' } })).toContain('\u001b[');
});

describe('a line that is too long', () => {
  it('goes on behind its label', () => {
    expect(fitLines(['    why   The program can return anything from 0 to 4294967295.'], 40)).toEqual([
      '    why   The program can return',
      '          anything from 0 to 4294967295.',
    ]);
  });

  it('that is a command goes on as a shell takes it, and never inside quotes', () => {
    const line = "    again     npm run matrix -- --kernel 6.12 --scenario 'open for reading' --only file";
    const lines = fitLines([line], 50);
    expect(lines.map((one) => one.length <= 50)).not.toContain(false);
    expect(lines.map((one) => one.replace(/ \\$/, '').trim()).join(' ')).toBe(line.trim());
    expect(lines.slice(0, -1).every((one) => one.endsWith(' \\'))).toBe(true);
    expect(lines.some((one) => one.includes("'open for reading'"))).toBe(true);
  });

  it('keeps its colour on each of its lines', () => {
    const lines = fitLines(['\u001b[31m  FAIL 6.12  a title of several words in red\u001b[39m'], 24);
    expect(lines.every((one) => one.includes('\u001b[31m') && one.includes('\u001b[39m'))).toBe(true);
    expect(lines.map((one) => withoutAnsi(one).trim()).join(' ')).toBe('FAIL 6.12  a title of several words in red');
  });

  it.each([['日本語 '.repeat(20)], ['👩‍👩‍👧‍👦 '.repeat(30)], ['e\u0301te\u0301 '.repeat(30)]])(
    'of %s is measured as it is seen',
    (text) => {
      for (const line of fitLines([text.trim()], 30)) expect(stringWidth(line)).toBeLessThanOrEqual(30);
    },
  );
});
