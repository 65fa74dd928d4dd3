// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { isFailedCheck } from '../../model/check.js';
import type { RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, reportOf, textOf } from './matrix.js';

const kernels = ['6.1', '6.12', '6.17'];

function machinesOf(report: RunReport, id: string) {
  const kernel = kernelOf(report, id);
  return kernel.status === 'unavailable' ? [] : kernel.scenarios;
}

describe('the agent that observes', () => {
  let run: Finished;
  let report: RunReport;
  beforeAll(async () => {
    run = await matrix(['--kernel', kernels.join(','), '--config', 'docs/examples/lsmaudit.json']);
    report = await reportOf(run);
  });

  it.each(kernels)('%s: keeps its contract, with bpf in the LSM list and without', (id) => {
    const machines = machinesOf(report, id);
    expect(machines.map(({ contract, environment, posture }) => [contract, environment, posture])).toEqual([
      ['audit', 'lsm', 'OBSERVING'],
      ['audit', 'no-lsm', 'SKIPPED'],
    ]);
    const checks = machines.flatMap((machine) => machine.checks);
    expect(checks.filter(isFailedCheck)).toEqual([]);
    expect(checks.every(({ outcome }) => outcome.kind === 'pass')).toBe(true);
    for (const check of ['file_open is called', 'socket_connect is called', 'warning', 'untraced event']) {
      expect(checks.map((one) => one.check)).toContain(check);
    }
  });

  it('passes', () => {
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toContain('audit posture (no-lsm)');
  });
});

describe('both contracts in one matrix', () => {
  it('are two agents on machines of their own, and each check says whose it is', async () => {
    const run = await matrix([
      '--kernel',
      '6.12',
      '--only',
      'records',
      '--config',
      'docs/examples/both-contracts.json',
    ]);
    const report = await reportOf(run);
    expect(run.exitCode).toBe(0);
    expect([report.agent?.name, ...report.others.map(({ name }) => name)]).toEqual(['aegis-agent', 'lsmaudit']);
    expect(machinesOf(report, '6.12').map(({ contract, environment }) => [contract, environment])).toEqual([
      ['aegis', 'lsm'],
      ['audit', 'lsm'],
    ]);
    expect(report.objects.map(({ name }) => name)).toEqual(['aegis', 'lsmaudit']);
    expect(await textOf(run, 'junit.xml')).toContain('classname="6.12.audit records"');
  });
});

it('a fault that is planted in it is one finding that names hook and program', async () => {
  const faults = 'port_byte_order,returns_zero,missing_memset';
  const { stdout, exitCode } = await matrix(['selftest', '--fault', faults, '--json']);
  expect(exitCode).toBe(0);
  const results = JSON.parse(stdout) as { fault: string; raised: string[]; causes: object[]; split: string | null }[];
  expect(results.map(({ split, causes }) => [split, causes.length])).toEqual(faults.split(',').map(() => [null, 1]));
  expect(results.find(({ fault }) => fault === 'port_byte_order')?.causes).toMatchObject([
    { code: 'EVENT_WRONG', hook: 'socket_connect', program: 'audit_connect' },
  ]);
});
