// SPDX-License-Identifier: Apache-2.0
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { checkClasses } from '../../model/check.js';
import { type RanKernel, reportSchema } from '../../model/report.js';
import { kernelOf, matrix, objectOf, reportOf, textOf } from './matrix.js';

const postures = [
  ['lsm', 'ENFORCE'],
  ['lsm-override', 'ENFORCE_SIGNAL'],
  ['no-lsm', 'ENFORCE_SIGNAL'],
];

describe('our own object and agent', () => {
  it('load, attach, enforce and tell the truth on 6.1, 6.12 and 6.17', { timeout: 1_200_000 }, async () => {
    const run = await matrix(['--kernel', '6.1,6.12,6.17']);
    expect(run.stdout + run.stderr).not.toContain('error:');
    expect(run.exitCode).toBe(0);
    const report = await reportOf(run);
    expect(report.kernels.map(({ id, verdict }) => [id, verdict.kind])).toEqual([
      ['6.1', 'pass'],
      ['6.12', 'pass'],
      ['6.17', 'pass'],
    ]);
    for (const kernel of report.kernels) {
      const object = objectOf(kernel, 'aegis');
      expect(object.whole).toEqual({ kind: 'loaded' });
      for (const program of object.programs.filter(({ optional }) => !optional)) {
        expect([program.name, program.load.kind, program.attach.kind]).toEqual([program.name, 'loaded', 'attached']);
        expect(program.stats?.insns).toBeGreaterThan(0);
        expect(program.stats?.jitedSize).toBeGreaterThan(0);
      }
      const { scenarios } = kernel as RanKernel;
      expect(scenarios.map(({ environment, posture }) => [environment, posture])).toEqual(postures);
      const outcomes = scenarios.flatMap(({ checks }) => checks.map(({ outcome }) => outcome.kind));
      expect(new Set(outcomes)).toEqual(new Set(['pass']));
      expect(outcomes.length).toBeGreaterThan(1_900);
      expect(new Set(scenarios.flatMap(({ checks }) => checks.map((check) => check.class)))).toEqual(
        new Set(checkClasses),
      );
    }
    const junit = await textOf(run, 'junit.xml');
    for (const { id } of report.kernels) {
      for (const name of checkClasses) expect(junit).toContain(`<testsuite name="${id}.${name}"`);
    }
  });

  it('gives true verdicts on 5.10, 6.16, 6.18 and 7.2', async () => {
    const run = await matrix(['--only', 'load', '--kernel', '5.10,6.16,6.18,7.2']);
    const report = await reportOf(run);
    for (const id of ['6.16', '6.18', '7.2']) expect(kernelOf(report, id).verdict).toEqual({ kind: 'pass' });
    const old = objectOf(kernelOf(report, '5.10'), 'aegis');
    expect(run.exitCode).toBe(1);
    expect(old.verdict.kind).toBe('fail');
    for (const { load } of old.programs) {
      if (load.kind !== 'failed') continue;
      expect(load.why.cause).toBe('global-argument');
      expect(load.why.explanation).toContain('came with 5.12');
    }
    expect(run.stdout).toContain('5.10');
  });
});

describe('the report folder', () => {
  it('has everything a reader needs, and an independent parser takes the XML', async () => {
    const run = await matrix(['--only', 'load', '--kernel', '6.12']);
    const report = await reportOf(run);
    const kernel = kernelOf(report, '6.12');
    if (kernel.status !== 'ran') throw new Error(JSON.stringify(kernel));
    expect(kernel.facts.release).toMatch(/^6\.12\./);
    expect(kernel.facts.lsm).toContain('bpf');
    expect(kernel.facts.btf?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(kernel.facts.config?.options['CONFIG_BPF_LSM']).toBe('y');
    expect(kernel.identity.artifacts[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(kernel.boot.cmdline).toContain('lsm=');
    expect(report.objects[0]?.compiler).toContain('clang');
    expect(await textOf(run, 'logs/6.12/console.log')).toContain('Linux version 6.12');
    expect(await textOf(run, 'summary.md')).toContain('6.12');
    const { stdout } = await execa('python3', [
      '-c',
      'import sys, xml.etree.ElementTree as t; r = t.parse(sys.argv[1]).getroot(); print(len(r.findall(".//testcase")))',
      `${run.out}/junit.xml`,
    ]);
    expect(Number(stdout)).toBeGreaterThan(9);
  });

  it('is printed as JSON and nothing else with --json', async () => {
    const run = await matrix(['--only', 'load', '--kernel', '6.12', '--json']);
    expect(JSON.parse(run.stdout)).toMatchObject({ schema: reportSchema, exitCode: 0 });
    expect(run.stderr).toContain('6.12');
  });
});

describe('facts', () => {
  it('show a boot without bpf in lsm=, and the report says what that means', async () => {
    const run = await matrix(['--only', 'load', '--kernel', '6.12', '--lsm', 'yama,landlock']);
    const kernel = kernelOf(await reportOf(run), '6.12');
    if (kernel.status !== 'ran') throw new Error(JSON.stringify(kernel));
    expect(kernel.facts.lsm).not.toContain('bpf');
    expect(kernel.facts.lsm).toContain('yama');
    expect(kernel.notes.join()).toContain('NO BPF LSM');
    expect(run.stdout).toContain('NO BPF LSM');
  });
});
