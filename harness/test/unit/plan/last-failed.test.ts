// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../model/exit-code.js';
import type { KernelReport, RunReport } from '../../../model/report.js';
import { lastFailed, lastRunOf } from '../../../plan/last-failed.js';
import { lastRunOfJunit } from '../../../plan/last-failed-junit.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { readJunit } from '../../../results/junit-read.js';
import { everyReportBothWays } from '../../fixtures/both-ways.js';
import { changed, leak, machine, machines, panicked } from '../../fixtures/report-checks.js';
import { run, unavailable515, whole } from '../../fixtures/report-base.js';
import { identityOfObject, ranKernel } from '../../fixtures/report-parts.js';
import { allPass, broken67, rejectedOn612 } from '../../fixtures/reports.js';

const healthy = ranKernel('6.1', '6.1.0', [whole()]);
const failing = { kind: 'fail', stage: 'enforce', code: 'ENFORCEMENT_LEAK' } as const;

function of(...kernels: readonly KernelReport[]): RunReport {
  return run(kernels, ExitCode.incompatible);
}

it('is nothing where all passed, or could not be had', () => {
  expect(lastFailed(allPass())).toBeNull();
  expect(lastFailed(of(unavailable515, healthy))).toBeNull();
});

it('is the kernel on which a program failed, and loading alone', () => {
  expect(lastFailed(rejectedOn612())).toMatchObject({
    kernels: ['6.12'],
    leftOut: [],
    classes: 'none',
    programs: ['socket_connect'],
  });
});

it('is the object that failed, of several', () => {
  const report = rejectedOn612();
  const other = identityOfObject('other', ['lsm/file_open']);
  const [aegis] = report.objects;
  expect(lastFailed({ ...report, objects: [other, ...report.objects] })?.objects).toEqual([aegis?.file]);
});

describe('of scenarios', () => {
  const proved = { ...healthy, scenarios: machines('6.1') };
  const leaking = {
    ...changed(proved, (check) => (check.class === 'network' ? leak() : check.outcome)),
    verdict: failing,
  };

  it('is the class in which a check failed', () => {
    expect(lastFailed(of(healthy, leaking))).toMatchObject({ kernels: ['6.1'], classes: new Set(['network']) });
  });

  it('is all of them where a machine broke, and a kernel that broke has failed', () => {
    const broke = { ...proved, scenarios: [machine('6.1', 'lsm', { fault: panicked })], verdict: failing };
    expect(lastFailed(of(broke))?.classes).toBe('all');
    expect(lastFailed(of(healthy, broken67))).toMatchObject({ kernels: ['6.7'], classes: 'none' });
  });

  it('is what was left unproved where nothing failed', () => {
    const unproved = changed(proved, (check) =>
      check.class === 'posture' ? { kind: 'unproved', detail: 'gone' } : check.outcome,
    );
    expect(lastFailed(of({ ...unproved, verdict: failing }))?.classes).toEqual(new Set(['posture']));
  });

  it('leaves out what was not run', () => {
    expect(lastFailed(of(leaking, unavailable515))?.leftOut).toEqual(['5.15']);
  });
});

describe('of junit.xml', async () => {
  const reports = await everyReportBothWays();

  it.each(reports)('%s: is what it is of run.json', (_, report) => {
    const stored = readJunit(renderJunit(junitOf(report)), 'junit.xml');
    // Nothing goes by the words of what is wrong with a run, and XML has no bytes for some of them.
    const { findings, ...run } = lastRunOf(report);
    expect(lastRunOfJunit(stored)).toMatchObject({ ...run, findings: { length: findings.length } });
  });

  it('knows a command', () => {
    const cases = [{ classname: '6.12.load', name: 'command', result: { kind: 'passed' } }] as const;
    const suite = { name: '6.12.load', kernel: '6.12', part: 'load', cases } as const;
    expect(lastRunOfJunit({ name: 'r', time: 0, started: '', suites: [suite] })).toMatchObject({ isCommand: true });
  });
});
