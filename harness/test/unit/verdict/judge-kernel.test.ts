// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../model/exit-code.js';
import type { KernelReport } from '../../../model/report.js';
import { runSchema } from '../../../results/schema.js';
import type { ScenarioSession, SessionResult } from '../../../results/session.js';
import { judgeKernel } from '../../../verdict/judge-kernel.js';
import { exitCodeOf, runFindings } from '../../../verdict/judge-run.js';
import { agent } from '../../fixtures/report-checks.js';
import { run } from '../../fixtures/report-base.js';
import { attempt, denial, killedBy, check, refused, succeeded, reported, uncovered } from '../../fixtures/evidence.js';
import { healthy, healthyBut, loading, machine, panic } from '../../fixtures/evidence-session.js';

const judge = (scenarios: readonly ScenarioSession[], session: SessionResult = loading()): KernelReport =>
  judgeKernel({ kind: 'session', session, scenarios }, []);
const leaking = denial({ enforced: { denied: reported(succeeded, 'BLOCK'), neighbour: check(succeeded) } });
const exitOf = (report: KernelReport) => exitCodeOf([report], runFindings([report]), true);
const notOffered = {
  kind: 'not-offered',
  class: 'file',
  environment: 'lsm',
  scenario: 'open',
  by: 'agent',
  detail: 'no deny_path rules',
} as const;

describe('a kernel with scenarios', () => {
  it('passes when all of its machines do', () => {
    const report = judge(healthy());
    expect(report).toMatchObject({ status: 'ran', verdict: { kind: 'pass' } });
    expect(exitOf(report)).toBe(ExitCode.ok);
  });

  it('fails with the code of one check', () => {
    const report = judge(healthyBut(machine('lsm', [leaking])));
    expect(report.verdict).toEqual({ kind: 'fail', stage: 'enforce', code: 'ENFORCEMENT_LEAK' });
    expect(exitOf(report)).toBe(ExitCode.incompatible);
  });

  it('is broken when one machine breaks, and keeps what failed before', () => {
    const broken = judge(healthyBut(machine('no-lsm', [denial()], { fault: panic })));
    expect(broken).toMatchObject({ status: 'broken', verdict: { kind: 'infra', cause: 'KERNEL_PANIC' } });
    expect(exitOf(broken)).toBe(ExitCode.incomplete);
    const failed = judge(healthyBut(machine('no-lsm', [leaking], { fault: panic })));
    expect(failed).toMatchObject({ status: 'broken', verdict: { kind: 'fail', code: 'ENFORCEMENT_LEAK' } });
    expect(exitOf(failed)).toBe(ExitCode.incompatible);
  });

  it('is broken when the machine that loads breaks, whatever the others proved', () => {
    expect(judge(healthy(), loading({ fault: panic }))).toMatchObject({ verdict: { kind: 'infra' } });
    expect(judge(healthy(), loading({ facts: null }))).toMatchObject({ verdict: { kind: 'infra', cause: 'HARNESS' } });
  });

  it('is never green by default', () => {
    expect(judge([]).verdict).toEqual({ kind: 'fail', stage: 'load', code: 'NOTHING_TESTED' });
    for (const evidence of [[], [notOffered], [notOffered, { ...notOffered, by: 'kernel' as const }]]) {
      const report = judge([machine('lsm', evidence)]);
      expect(report.verdict).toEqual({ kind: 'fail', stage: 'enforce', code: 'NOTHING_TESTED' });
      expect(exitOf(report)).toBe(ExitCode.incompatible);
    }
  });

  it('counts neither what is not offered nor what could not be looked at as passed', () => {
    const vacuous = denial({
      control: { attempt: attempt({ kind: 'returned', errno: 2 }), neighbour: attempt(succeeded) },
    });
    const gained = uncovered({ observed: check(killedBy(15)) });
    const report = judge([machine('lsm', [notOffered, vacuous, gained, denial({ scenario: 'openat' })])]);
    // 8 of the good one; of the vacuous one only its neighbour's control; both of what was gained. Nothing of the rest.
    expect(report.detail).toBe('11/18 checks passed');
    expect(judge([machine('lsm', [notOffered])]).detail).toBe('0/0 checks passed');
  });
});

describe('run.json', () => {
  it.each([
    ['all that passes', healthy()],
    ['a leak', healthyBut(machine('lsm', [leaking, notOffered]))],
    ['a machine that broke', healthyBut(machine('no-lsm', [denial()], { fault: panic }))],
    [
      'a machine that never started',
      healthyBut(machine('lsm-override', [], { boot: null, console: null, fault: panic })),
    ],
    ['an improvement', healthyBut(machine('lsm', [uncovered({ observed: check(refused) })]))],
  ])('keeps every check of %s', (_, scenarios) => {
    const report = run([judge(scenarios)], ExitCode.ok, { agent });
    const read: unknown = JSON.parse(JSON.stringify(report));
    expect(runSchema.parse(read)).toEqual(report);
  });

  it('takes no code, class, environment or outcome that nobody knows', () => {
    const spoiled = (change: (check: Record<string, unknown>) => void): boolean => {
      const copy = structuredClone(run([judge(healthy())], ExitCode.ok, { agent })) as unknown as {
        kernels: { scenarios: { checks: Record<string, unknown>[] }[] }[];
      };
      change(copy.kernels[0]!.scenarios[0]!.checks[0]!);
      return runSchema.safeParse(copy).success;
    };
    expect(spoiled(() => undefined)).toBe(true);
    const wrong: readonly Readonly<Record<string, unknown>>[] = [
      { class: 'files' },
      { environment: 'nolsm' },
      { outcome: { kind: 'passed' } },
      { outcome: { kind: 'pass', code: 'FALSE_BLOCK' } },
      { outcome: { kind: 'fail', code: 'LEAK', expected: '', actual: '', evidence: [] } },
      { outcome: { kind: 'not-offered', by: 'nobody', detail: '' } },
    ];
    for (const change of wrong) expect(spoiled((check) => Object.assign(check, change))).toBe(false);
  });
});
