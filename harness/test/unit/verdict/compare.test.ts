// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../model/exit-code.js';
import type { KernelReport, ObjectReport, RunReport } from '../../../model/report.js';
import { compareObjects } from '../../../verdict/compare.js';
import type { KernelCompared } from '../../../verdict/compare-kernel.js';
import { broken67, unavailable515 } from '../../fixtures/report-base.js';
import { loadedProgram, objectOf, ranKernel, statsOf } from '../../fixtures/report-parts.js';
import { comparison, hooks, kernelWith, rejected, runOf, whole } from '../../fixtures/compare.js';

const compare = (report: RunReport) => compareObjects(report, ['old', 'new']);

function only(report: RunReport): KernelCompared {
  const [kernel] = compare(report).kernels;
  if (kernel?.status !== 'compared') throw new Error('not compared');
  return kernel;
}

describe('what one object loses against another', () => {
  it('is the programs that load in the first and not in the second, together where the reason is one', () => {
    const kernel = only(runOf([kernelWith('6.12', whole('old'), rejected('new', hooks.slice(0, 6)))]));
    expect(kernel.tallies).toEqual([
      { object: 'old', loaded: 7, of: 7 },
      { object: 'new', loaded: 1, of: 7 },
    ]);
    const [difference] = kernel.differences;
    expect(difference?.gained).toEqual([]);
    expect(difference?.lost).toHaveLength(1);
    expect(difference?.lost[0]?.programs.map(({ section }) => section)).toEqual(hooks.slice(0, 6));
    expect(difference?.lost[0]?.reason).toMatchObject({
      code: 'VERIFIER_REJECTED',
      source: { file: 'bpf/aegis/net.bpf.h', line: 88 },
    });
  });

  it('is a gain the other way round, and no failure', () => {
    const result = compare(runOf([kernelWith('6.12', rejected('old', hooks.slice(0, 6)), whole('new'))]));
    expect([result.outcome, result.exitCode]).toEqual(['kept', ExitCode.ok]);
    expect(result.kernels[0]).toMatchObject({ differences: [{ lost: [], gained: [{ programs: { length: 6 } }] }] });
  });

  it('is nothing where both fail', () => {
    const kernel = only(
      runOf([kernelWith('6.12', rejected('old', hooks.slice(0, 1)), rejected('new', hooks.slice(0, 1)))]),
    );
    expect(kernel.differences).toEqual([{ object: 'new', lost: [], gained: [] }]);
  });

  it('is a program that the second object does not have', () => {
    const kernel = only(runOf([kernelWith('6.12', whole('old'), objectOf('new', hooks.slice(1).map(loadedProgram)))]));
    expect(kernel.differences[0]?.lost).toEqual([
      {
        programs: [{ name: 'socket_connect', section: 'lsm/socket_connect' }],
        reason: { code: null, decidingLine: 'new has no such program', source: null, cause: null, page: null },
      },
    ]);
  });

  it('is everything of an object that cannot be opened, with its own reason', () => {
    const why = { ...rejected('new', hooks).whole, code: 'OBJECT_INVALID' };
    const broken = { ...objectOf('new', []), whole: why } as ObjectReport;
    expect(only(runOf([kernelWith('6.12', whole('old'), broken)])).differences[0]?.lost).toMatchObject([
      { programs: { length: 7 }, reason: { code: 'OBJECT_INVALID' } },
    ]);
  });

  it('is the whole object where each program loads alone', () => {
    const stuck: ObjectReport = { ...whole('new'), whole: rejected('new', hooks).whole };
    const result = compare(runOf([kernelWith('6.12', whole('old'), stuck)]));
    expect(result.outcome).toBe('lost');
    expect(result.kernels[0]).toMatchObject({ differences: [{ lost: [{ programs: [{ name: 'whole object' }] }] }] });
  });

  it('has a group for each reason, and numbers in the words make no other reason', () => {
    const lines = ['Unreleased reference id=2 alloc_insn=14', 'Unreleased reference id=3 alloc_insn=9', 'R3 unbounded'];
    const kernel = only(runOf([kernelWith('6.12', whole('old'), rejected('new', hooks.slice(0, 3), lines))]));
    expect(kernel.differences[0]?.lost.map(({ programs }) => programs.length)).toEqual([2, 1]);
  });
});

describe('instructions', () => {
  const weighing = (insns: number): ObjectReport =>
    objectOf(insns === 200 ? 'old' : 'new', [{ ...loadedProgram('lsm/file_open'), stats: statsOf(insns) }]);

  it.each([
    { now: 230, change: 15 },
    { now: 150, change: -25 },
  ])('change by $change per cent from 200 to $now', ({ now, change }) => {
    const [row] = only(runOf([kernelWith('6.12', weighing(200), weighing(now))])).rows;
    expect(row?.cells).toEqual([
      { kind: 'loaded', insns: 200, change: null },
      { kind: 'loaded', insns: now, change },
    ]);
  });

  it('have no change where the kernel does not count', () => {
    const silent = objectOf('old', [{ ...loadedProgram('lsm/file_open'), stats: null }]);
    const [row] = only(runOf([kernelWith('5.10', silent, weighing(230))])).rows;
    expect(row?.cells[1]).toEqual({ kind: 'loaded', insns: 230, change: null });
  });
});

describe('the exit code', () => {
  const same = kernelWith('6.1', whole('old'), whole('new'));
  const worse = kernelWith('6.12', whole('old'), rejected('new', hooks));
  const nothing = kernelWith('6.12', rejected('old', hooks), rejected('new', hooks));
  const memory: ObjectReport = { ...whole('new'), verdict: { kind: 'infra', cause: 'GUEST_MEMORY' } };
  const cases: readonly [string, readonly KernelReport[], boolean, string, ExitCode][] = [
    ['all loads', [same], false, 'kept', 0],
    ['a loss on one kernel', [same, worse], false, 'lost', 1],
    ['a loss outweighs a kernel that is missing', [worse, unavailable515], false, 'lost', 1],
    ['a kernel that could not be had', [same, unavailable515], false, 'incomplete', 3],
    ['the same with --available', [same, unavailable515], true, 'kept', 0],
    ['none could be had, with --available', [unavailable515], true, 'incomplete', 3],
    ['a kernel that broke, also with --available', [same, broken67], true, 'incomplete', 3],
    ['a guest with too little memory', [kernelWith('6.1', whole('old'), memory)], false, 'incomplete', 3],
    ['nothing loads anywhere: never green', [nothing], false, 'nothing', 1],
  ];
  it.each(cases)('%s', (_, kernels, available, outcome, exitCode) => {
    const report = runOf(kernels);
    const result = compare({ ...report, options: { ...report.options, available } });
    expect([result.outcome, result.exitCode]).toEqual([outcome, exitCode]);
  });

  it('is 3 when a report could not be written', () => {
    const finding = { verdict: { kind: 'infra', cause: 'REPORTER' }, message: 'disk full' } as const;
    expect(compare({ ...runOf([same]), findings: [finding] }).exitCode).toBe(ExitCode.incomplete);
  });
});

it('holds each of several objects against the first', () => {
  const kernel = ranKernel('6.12', '6.12.57', [whole('old'), whole('new'), rejected('third', hooks)]);
  const result = comparison([kernel], ['old', 'new', 'third']);
  expect(result.kernels[0]).toMatchObject({
    differences: [
      { object: 'new', lost: [] },
      { object: 'third', lost: [{ programs: { length: 7 } }] },
    ],
  });
});

it('knows no object that the run did not load', () => {
  expect(() => compareObjects(runOf([]), ['old', 'other'])).toThrow('no object other');
});
