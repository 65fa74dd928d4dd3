// SPDX-License-Identifier: Apache-2.0
import { cp } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { kernelOf, matrix, reportOf, temporaryOut, variant } from './matrix.js';

it('--scenario proves what it names, with its controls, and nothing else of its class', async () => {
  const run = await matrix(['--kernel', '6.12', '--scenario', 'PTRACE_ATTACH']);
  const kernel = kernelOf(await reportOf(run), '6.12');
  const checks = kernel.status === 'unavailable' ? [] : kernel.scenarios.flatMap((one) => one.checks);
  const ofPtrace = checks.filter((check) => check.class === 'ptrace');
  expect(new Set(ofPtrace.map(({ scenario }) => scenario))).toEqual(new Set(['PTRACE_ATTACH']));
  expect(ofPtrace.map(({ check }) => check)).toEqual(
    expect.arrayContaining(['control', 'denied', 'neighbour', 'audit']),
  );
  expect(checks.filter(({ outcome }) => outcome.kind !== 'pass')).toEqual([]);
  expect(run.exitCode).toBe(0);
});

it('-x stops at the first failure, and --last-failed runs that kernel and that object again', async () => {
  const objects = ['--object', variant('negated_tail'), '--object', variant('healthy')];
  const first = await matrix(['--kernel', '6.12,6.1,6.17', '-x', ...objects]);
  expect(first.exitCode).toBe(1);
  const stopped = await reportOf(first);
  expect(kernelOf(stopped, '6.12').verdict).toMatchObject({ kind: 'fail', code: 'VERIFIER_REJECTED' });
  for (const id of ['6.1', '6.17']) {
    // One that was quicker than the failure has passed; none that was stopped has.
    expect(['pass', 'NOT_RUN']).toContain(verdictOf(kernelOf(stopped, id).verdict));
  }

  const out = await temporaryOut();
  await cp(first.out, out, { recursive: true });
  const again = await matrix(['--last-failed', '--reporter', 'plain=-'], {}, out);
  const report = await reportOf(again);
  expect(report.kernels.map(({ id }) => id)).toEqual(['6.12']);
  expect(report.objects.map(({ name }) => name)).toEqual(['negated_tail']);
  expect(again.exitCode).toBe(1);
  expect(report.notices[0]).toContain('--last-failed: 6.12 (1 of 3 kernels), loading');
});

function verdictOf(verdict: { readonly kind: string; readonly reason?: string }): string {
  return verdict.reason ?? verdict.kind;
}
