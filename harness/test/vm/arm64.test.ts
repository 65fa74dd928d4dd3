// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { aegisConventions } from '../../contracts/aegis/conventions.js';
import type { RunReport } from '../../model/report.js';
import { targetNamed } from '../../target.js';
import { type Finished, kernelOf, matrix, objectOf, reportOf, temporaryOut, textOf } from './matrix.js';

const arm64 = targetNamed('arm64')!;
const withoutDirectCalls = '6.1/arm64';
const kernel = '6.12/arm64';

describe('a kernel of arm64', () => {
  let run: Finished;
  let report: RunReport;
  beforeAll(async () => {
    run = await matrix(['--kernel', kernel, '--only', 'file,ptrace']);
    report = await reportOf(run);
  });

  it('takes our object whole, and what our agent claims there is proved', () => {
    expect([run.exitCode, report.findings]).toEqual([0, []]);
    const found = kernelOf(report, kernel);
    const object = objectOf(found, 'aegis');
    expect(object.programs.length).toBeGreaterThan(30);
    expect(object.programs.every(({ load }) => load.kind === 'loaded')).toBe(true);
    const checks = found.status === 'unavailable' ? [] : found.scenarios.flatMap((one) => one.checks);
    const passed = checks.filter(({ outcome }) => outcome.kind === 'pass');
    expect(passed.length).toBeGreaterThan(100);
    expect(new Set(passed.map((check) => check.class))).toEqual(new Set(['posture', 'file', 'ptrace']));
  });

  it('goes on from a snapshot, which the run before it has left', async () => {
    const again = await reportOf(await matrix(['--kernel', kernel, '--only', 'load']));
    expect(kernelOf(again, kernel)).toMatchObject({ verdict: { kind: 'pass' }, boot: { start: 'restored' } });
  });

  it('has a shell with programs of its own', async () => {
    const { stdout, exitCode } = await execa('node', ['dist/harness/cli/main.js', 'shell', '--kernel', kernel], {
      input: 'uname -m; pin /home/aegis.bpf.o >/dev/null && bpf prog | grep -c deny_open; exit 7\n',
      reject: false,
    });
    expect([stdout, exitCode]).toEqual(['aarch64\n1', 7]);
  });

  it('is given no program of another architecture', async () => {
    const refused = await matrix(['command', '--kernel', kernel, '--', '/bin/true']);
    const expected = process.arch === arm64.node ? [0, ''] : [2, expect.stringContaining('is built for')];
    expect([refused.exitCode, refused.exitCode === 0 ? '' : refused.stderr]).toEqual(expected);
  });
});

describe('a kernel of arm64 before direct calls', () => {
  it('lists bpf, loads each LSM program and attaches none, for a reason that has a page', async () => {
    const run = await matrix(['--kernel', withoutDirectCalls, '--only', 'load']);
    const found = kernelOf(await reportOf(run), withoutDirectCalls);
    if (found.status !== 'ran') throw new Error(JSON.stringify(found));
    expect(found.facts.lsm).toContain('bpf');
    const { programs } = objectOf(found, 'aegis');
    const hooks = programs.filter(({ section }) => section.startsWith('lsm'));
    expect(hooks.length).toBeGreaterThanOrEqual(aegisConventions.own.hooks.length);
    const refused = { load: { kind: 'loaded' }, verdict: { kind: 'fail', code: 'ATTACH_FAILED' } };
    for (const hook of hooks) expect(hook).toMatchObject({ ...refused, expected: { outcome: 'holds' } });
    expect(programs.filter(({ verdict }) => verdict.kind === 'pass').length).toBeGreaterThan(5);
    expect(await textOf(run, 'summary.md')).toContain('rejections/no-direct-calls.md');
    expect(run.exitCode).toBe(0);
  });

  it('fails an object of another, of which nobody said that it cannot be attached there', async () => {
    const run = await matrix(['--kernel', withoutDirectCalls, '--object', 'build/arm64/lsmaudit.bpf.o']);
    const { programs } = objectOf(kernelOf(await reportOf(run), withoutDirectCalls), 'lsmaudit');
    expect(programs.filter(({ verdict }) => verdict.kind === 'fail').length).toBeGreaterThan(0);
    expect(run.exitCode).toBe(1);
  });

  it('sees through an agent that believes the list', async () => {
    const config = join(dirname(await temporaryOut()), 'believes.json');
    const agent = {
      ...aegisConventions.own,
      object: resolve('build/arm64/aegis.bpf.o'),
      binary: resolve('build/arm64/selftest/agent-believes-list'),
      signalWithoutHooks: true,
    };
    await writeFile(config, JSON.stringify({ agent }));
    const run = await matrix(['--kernel', withoutDirectCalls, '--only', 'posture', '--config', config]);
    const found = kernelOf(await reportOf(run), withoutDirectCalls);
    const checks = found.status === 'unavailable' ? [] : found.scenarios.flatMap((one) => one.checks);
    expect(checks.flatMap(({ outcome }) => (outcome.kind === 'fail' ? [outcome.code] : []))).toContain(
      'SILENT_DOWNGRADE',
    );
    expect(run.exitCode).toBe(1);
  });

  it('passes for whom that is expected, with an agent that does not say it enforces', async () => {
    const config = 'docs/examples/no-direct-calls.json';
    const run = await matrix(['--kernel', withoutDirectCalls, '--only', 'posture', '--config', config]);
    expect([run.exitCode, (await reportOf(run)).findings]).toEqual([0, []]);
  });
});
