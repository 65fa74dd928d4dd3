// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { streamDestination, type TextStream } from '../../../report/destination.js';
import { watchStepLines } from '../../../report/pages/watch.js';
import { jsonReporter } from '../../../report/reporters/json.js';
import { terminalReporter } from '../../../report/reporters/terminal.js';
import type { WatchEvent, WatchStep } from '../../../report/views/watch-events.js';
import { countRejectedNow, type RunChange } from '../../../verdict/compare-runs.js';
import { hooks, kernelWith, rejected } from '../../fixtures/compare.js';
import { pageOf, surface } from '../../fixtures/reporting.js';
import { broken67 } from '../../fixtures/report-base.js';
import { identityOfObject, loadedProgram, objectOf } from '../../fixtures/report-parts.js';
import { changeOf, costing, good, objectName } from '../../fixtures/watch.js';

const page = pageOf(100);
const range = 'At program exit the register R0 has unknown scalar value should have been in [-4095, 0]';
const open = 'lsm/file_open';

function step(change: RunChange, saved: string | null = '/src/net.bpf.h', known = 0): WatchStep {
  const ms = { total: 1920, build: 510, load: 1300 };
  return { run: 2, objects: [identityOfObject(objectName, hooks)], change, known, saved, ms };
}

const described = (change: RunChange, saved?: null): string => watchStepLines(step(change, saved), page).join('\n');

it('says which answers are from before', () => {
  const kernels = [kernelWith('6.12', good())];
  const change = changeOf(kernels, kernels);
  expect(watchStepLines(step(change, undefined, 117), page).join('\n')).toContain(
    '117 answers from before: what the verifier gets to see of the program is the same',
  );
  expect(described(change)).not.toContain('from before');
});

it('tells instructions by program and kernel, only where they changed, and how many did not', () => {
  const before = [kernelWith('6.1', costing(open, 100)), kernelWith('6.12', costing(open, 100))];
  const after = [kernelWith('6.1', costing(open, 150)), kernelWith('6.12', costing(open, 100))];
  const text = described(changeOf(before, after));
  expect(text).toMatch(/file_open {2}100 -> 150 \+50\.0 % {2}100 =/);
  expect(text).not.toContain('socket_connect');
  expect(text).toContain('6 programs unchanged');
  expect(text).toContain('  6.1: 7/7 load: 1 program changed');
  expect(text).toContain('  6.12: 7/7 load: no change');
  expect(text).toContain('1.92 s after the save (build 0.51 s, load 1.30 s)');
  expect(text.split('\n').at(-1)).toBe('everything loads on 2 kernels');
});

it('tells what is lost, why, and the line of the source', () => {
  const change = changeOf(
    [kernelWith('6.1', good()), kernelWith('6.12', good())],
    [kernelWith('6.1', good()), kernelWith('6.12', rejected(objectName, [open]))],
  );
  const text = described(change);
  expect(text).toContain('  6.12: 6/7 load (7 before): lost file_open');
  expect(text).toContain(
    [
      'New rejections',
      '  6.12',
      '    aegis: file_open',
      `    VERIFIER_REJECTED: lsm-return-range: ${range}`,
      '    at bpf/aegis/net.bpf.h:88  return denied ? -EPERM : 0;',
      '    see docs/rejections/lsm-return-range.md',
      '1 rejection, 1 of them new',
    ].join('\n'),
  );
});

it('does not call fine what was rejected before and still is, and tells a new reason as new', () => {
  const same = changeOf(
    [kernelWith('6.12', rejected(objectName, [open]))],
    [kernelWith('6.12', rejected(objectName, [open]))],
  );
  expect(described(same)).not.toContain('New rejections');
  expect(described(same)).toContain('1 rejection, 0 of them new');
  const other = changeOf(
    [kernelWith('6.12', rejected(objectName, [open]))],
    [kernelWith('6.12', rejected(objectName, [open], ['R3 invalid mem access']))],
  );
  expect(described(other)).toContain('R3 invalid mem access');
  expect(described(other)).toContain('1 rejection, 1 of them new');
});

it('tells a gain, and a program that is new and does not load', () => {
  const gained = described(changeOf([kernelWith('6.12', rejected(objectName, [open]))], [kernelWith('6.12', good())]));
  expect(gained).toContain('7/7 load (6 before): gained file_open');
  expect(gained).toContain('everything loads on 1 kernel');
  const fewer = objectOf(objectName, hooks.slice(0, 6).map(loadedProgram));
  const added = changeOf([kernelWith('6.12', fewer)], [kernelWith('6.12', rejected(objectName, [open]))]);
  expect(described(added)).toMatch(/file_open {2}none -> FAIL/);
  expect(countRejectedNow(added)).toBe(1);
});

it('counts a program that loads and cannot be attached, and a whole that fails alone', () => {
  const { load } = rejected(objectName, [open]).programs.at(-1) ?? {};
  if (load?.kind !== 'failed') throw new Error('fixture');
  const failed = { ...load, code: 'ATTACH_FAILED' as const };
  const unattached = { ...good(), programs: good().programs.map((program) => ({ ...program, attach: failed })) };
  expect(described(changeOf([kernelWith('6.12', good())], [kernelWith('6.12', unattached)]))).toContain(
    'ATTACH_FAILED',
  );
  const wholeFails = { ...good(), whole: load };
  const change = changeOf([kernelWith('6.12', good())], [kernelWith('6.12', wholeFails)]);
  expect(described(change)).toContain('lost whole object');
  expect(countRejectedNow(change)).toBe(1);
  expect(countRejectedNow(changeOf([kernelWith('6.12', wholeFails)], [kernelWith('6.12', wholeFails)]))).toBe(1);
});

it('leaves an optional program out of what stands', () => {
  const optional = rejected(objectName, [open]);
  const programs = optional.programs.map((program) => ({ ...program, optional: program.section === open }));
  const kernel = kernelWith('6.12', { ...optional, programs, whole: { kind: 'loaded' } });
  expect(described(changeOf([kernel], [kernel]))).toContain('everything loads on 1 kernel');
});

it('tells the first run as it is, against nothing', () => {
  const text = described(changeOf([], [kernelWith('6.12', rejected(objectName, [open]))]), null);
  expect(text).toContain('after the start');
  expect(text).toMatch(/file_open +FAIL/);
  expect(text).toContain('Rejected\n');
  expect(text).not.toContain('->');
});

it('tells a kernel without an answer, and holds the next against the last answer', () => {
  const text = described(changeOf([kernelWith('6.7', good())], [broken67]));
  expect(text).toContain('6.7: no answer: KERNEL_PANIC');
  expect(text).toContain('no kernel gave an answer');
});

function streamOf(isTTY: boolean): { stream: TextStream; written: () => string } {
  let text = '';
  const stream = { isTTY, columns: 60, write: (part: string) => (text += part) };
  return { stream, written: () => text };
}

const events: readonly WatchEvent[] = [
  { type: 'building', command: 'make x' },
  { type: 'build-failed', command: 'make x', output: 'a.c:1:2: error: no\n   1 | \u001b[31mx\u001b[0m\u0007\n\t^' },
  { type: 'waiting' },
];

it('shows what goes on for a moment on a terminal only; a compiler keeps its columns and no control bytes', () => {
  const place = { ...surface, env: { TERM: 'xterm', NO_COLOR: '1' } };
  const plain = streamOf(false);
  const screen = streamOf(true);
  for (const { stream } of [plain, screen]) {
    const reporter = terminalReporter.kinds.watch?.(streamDestination(stream, place));
    for (const event of events) reporter?.onEvent?.(event);
  }
  expect(plain.written()).toBe(
    [
      'does not build: make x',
      '  a.c:1:2: error: no',
      '     1 | x?',
      '      ^',
      'nothing was loaded; waiting for the next save',
      '',
      '',
    ].join('\n'),
  );
  expect(screen.written()).toContain('\r\u001b[2Kbuilding: make x\r\u001b[2Kdoes not build');
  expect(screen.written()).toContain('waiting for a save; Ctrl-C ends');
});

it('writes one line of JSON for each thing that came about', () => {
  const { stream, written } = streamOf(false);
  const reporter = jsonReporter.kinds.watch?.(streamDestination(stream, surface));
  for (const event of events) reporter?.onEvent?.(event);
  const lines = written().trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as WatchEvent).type)).toEqual(['build-failed']);
});
