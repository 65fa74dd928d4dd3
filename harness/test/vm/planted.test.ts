// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadVerdict, RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, textOf, variant } from './matrix.js';

const planted = [
  'healthy',
  'missing_submit',
  'hook_file_mmap',
  'negated_tail',
  'long_log',
  'core_missing_field',
  'core_guarded',
  'helper_unknown',
  'map_unsupported',
  'attach_missing_tracepoint',
  'attach_failed',
  'unusual',
  'many',
  'attach_unsupported',
  'kconfig',
  'kfunc_unknown',
  'endless_loop',
  'deny_everything',
];

let run: Finished;
let report: RunReport;
const load = (kernel: string, object: string, program: string): LoadVerdict =>
  programOf(objectOf(kernelOf(report, kernel), object), program).load;

beforeAll(async () => {
  const objects = planted.flatMap((name) => ['--object', variant(name)]);
  run = await matrix(['--kernel', '6.1,6.12,6.17', ...objects]);
  report = await reportOf(run);
});

const kernels = ['6.1', '6.12', '6.17'];

describe('planted faults are caught with their code, on real kernels', () => {
  it('fails the run', () => {
    expect(run.exitCode).toBe(1);
  });

  it.each(kernels)(
    '%s: a missing ringbuf submit is the leak, with its line and where the record came from',
    (kernel) => {
      const verdict = load(kernel, 'missing_submit', 'leaky_connect');
      expect(verdict).toMatchObject({ kind: 'failed', code: 'VERIFIER_REJECTED' });
      if (verdict.kind !== 'failed') return;
      expect(verdict.why.decidingLine).toMatch(/^Unreleased reference id=\d+ alloc_insn=\d+/);
      expect(verdict.why.origin?.file).toMatch(/missing_submit\.bpf\.c$/);
      expect(verdict.why.origin?.text).toContain('bpf_ringbuf_reserve');
      expect(verdict.why.source?.file).toMatch(/missing_submit\.bpf\.c$/);
      expect(verdict.why.errno).toBe('EINVAL');
    },
  );

  it.each(kernels)('%s: lsm/file_mmap is HOOK_MISSING although its log is empty', (kernel) => {
    const verdict = load(kernel, 'hook_file_mmap', 'wrong_hook');
    expect(verdict).toMatchObject({ kind: 'failed', code: 'HOOK_MISSING' });
    if (verdict.kind !== 'failed') throw new Error('loaded');
    expect(verdict.why.decidingLine).toContain('bpf_lsm_file_mmap');
    // Of the verifier there is none: these are libbpf's words.
    expect(verdict.why.log).toBe(`logs/${kernel}/libbpf/hook_file_mmap.log`);
  });

  it.each(kernels)('%s: a verdict at the end of a 40 KB log is not lost', async (kernel) => {
    const verdict = load(kernel, 'long_log', 'late_fault');
    expect(verdict).toMatchObject({ kind: 'failed', code: 'VERIFIER_REJECTED' });
    if (verdict.kind !== 'failed' || verdict.why.log === null) throw new Error('no log');
    expect(verdict.why.decidingLine).toContain("R0 invalid mem access 'map_value_or_null'");
    expect((await textOf(run, verdict.why.log)).length).toBeGreaterThan(40_000);
  });

  it('the negated deny tail is rejected on 6.12 and on no other', () => {
    expect(load('6.1', 'negated_tail', 'negated_connect').kind).toBe('loaded');
    expect(load('6.17', 'negated_tail', 'negated_connect').kind).toBe('loaded');
    const verdict = load('6.12', 'negated_tail', 'negated_connect');
    expect(verdict).toMatchObject({ kind: 'failed', code: 'VERIFIER_REJECTED' });
    if (verdict.kind === 'failed') expect(verdict.why.decidingLine).toContain('should have been in [-4095, 0]');
  });

  it.each(kernels)('%s: CORE_RELOCATION names the field; the guarded read of it loads', (kernel) => {
    const verdict = load(kernel, 'core_missing_field', 'lost_field');
    expect(verdict).toMatchObject({ kind: 'failed', code: 'CORE_RELOCATION' });
    if (verdict.kind === 'failed') expect(verdict.why.decidingLine).toContain('no_such_field');
    expect(load(kernel, 'core_guarded', 'guarded_field').kind).toBe('loaded');
  });

  it.each(kernels)('%s: HELPER_UNSUPPORTED', (kernel) => {
    expect(load(kernel, 'helper_unknown', 'future_helper')).toMatchObject({ code: 'HELPER_UNSUPPORTED' });
  });

  it.each(kernels)('%s: MAP_UNSUPPORTED, and the neighbour that does not use the map loads', (kernel) => {
    const verdict = load(kernel, 'map_unsupported', 'uses_map');
    expect(verdict).toMatchObject({ kind: 'failed', code: 'MAP_UNSUPPORTED' });
    if (verdict.kind === 'failed') expect(verdict.why.decidingLine).toContain('from_the_future');
    expect(load(kernel, 'map_unsupported', 'uses_no_map').kind).toBe('loaded');
    expect(objectOf(kernelOf(report, kernel), 'map_unsupported').whole).toMatchObject({ code: 'MAP_UNSUPPORTED' });
  });

  it.each(kernels)('%s: attach failures: a missing tracepoint is a missing hook, a refused kprobe is not', (kernel) => {
    const missing = programOf(objectOf(kernelOf(report, kernel), 'attach_missing_tracepoint'), 'no_such_call');
    expect([missing.load.kind, missing.attach]).toMatchObject(['loaded', { kind: 'failed', code: 'HOOK_MISSING' }]);
    const refused = programOf(objectOf(kernelOf(report, kernel), 'attach_failed'), 'no_such_function');
    expect([refused.load.kind, refused.attach]).toMatchObject(['loaded', { kind: 'failed', code: 'ATTACH_FAILED' }]);
  });

  it.each(kernels)('%s: the healthy, the many and the unusual object pass', (kernel) => {
    for (const name of ['healthy', 'many', 'unusual']) {
      expect([name, objectOf(kernelOf(report, kernel), name).verdict]).toEqual([name, { kind: 'pass' }]);
    }
    const unusual = objectOf(kernelOf(report, kernel), 'unusual');
    expect(programOf(unusual, 'optional_program')).toMatchObject({ optional: true, load: { code: 'HOOK_MISSING' } });
    expect(programOf(unusual, 'without_a_place').attach).toMatchObject({
      kind: 'unattachable',
      reason: expect.stringContaining('act_bpf') as unknown,
    });
    for (const name of ['sized_by_the_agent', 'ring_sized_by_the_agent', 'traces_sized_by_the_agent']) {
      expect(run.stdout).toMatch(new RegExp(`unusual/${name}: no .* in the object; loaded with the usual`));
    }
    expect(objectOf(kernelOf(report, kernel), 'many').programs).toHaveLength(50);
  });

  it('a refused attach is a failure although its errno is the one libbpf has for types it cannot attach', () => {
    const program = (kernel: string): unknown =>
      programOf(objectOf(kernelOf(report, kernel), 'attach_unsupported'), 'needs_fprobe').attach;
    expect(program('6.1')).toMatchObject({ kind: 'failed', code: 'ATTACH_FAILED', why: { errno: 'EOPNOTSUPP' } });
    expect(program('6.17')).toEqual({ kind: 'attached', place: null });
  });

  it.each(kernels)('%s: an object that reads the kernel configuration loads', (kernel) => {
    expect(objectOf(kernelOf(report, kernel), 'kconfig').verdict).toEqual({ kind: 'pass' });
  });

  it.each(kernels)('%s: an unknown kfunc is HELPER_UNSUPPORTED by its name', (kernel) => {
    const verdict = load(kernel, 'kfunc_unknown', 'future_kfunc');
    expect(verdict).toMatchObject({ kind: 'failed', code: 'HELPER_UNSUPPORTED' });
    if (verdict.kind === 'failed') expect(verdict.why.decidingLine).toContain('bpf_kfunc_from_the_future');
  });

  it.each(kernels)('%s: an endless loop is reported as one, with its source line', (kernel) => {
    const verdict = load(kernel, 'endless_loop', 'endless');
    expect(verdict).toMatchObject({ kind: 'failed', code: 'VERIFIER_REJECTED' });
    if (verdict.kind !== 'failed') return;
    expect(verdict.why.decidingLine).toMatch(/infinite loop detected/);
    expect(verdict.why.source?.file).toMatch(/endless_loop\.bpf\.c$/);
  });

  it('the terminal shows kernel, program, code, deciding line, source line and log', () => {
    for (const text of [
      'leaky_connect',
      'VERIFIER_REJECTED',
      'Unreleased reference',
      'missing_submit.bpf.c:',
      'logs/{6.1,6.12,6.17}/verifier/missing_submit/leaky_connect.log',
      'HOOK_MISSING',
    ]) {
      expect(run.stdout).toContain(text);
    }
  });
});

describe('an agent that lets go of one hook', () => {
  it('is one finding, with all that the hook lets through and what changed beside the baseline below it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planted-test-'));
    const config = join(folder, 'matrix.config.json');
    const binary = resolve('build/selftest/agent-dead-hook');
    await writeFile(
      config,
      JSON.stringify({ agent: { name: 'aegis-agent', binary, object: resolve('build/aegis.bpf.o') } }),
    );
    const only = ['--kernel', '6.12', '--only', 'file', '--baseline', 'reports/baseline'];
    const dead = await matrix([...only, '--config', config]);
    await rm(folder, { recursive: true });
    expect(dead.exitCode).toBe(1);
    const found = await reportOf(dead);
    const kernel = kernelOf(found, '6.12');
    if (kernel.status !== 'ran') throw new Error(kernel.detail);
    expect(kernel.findings).toMatchObject([
      {
        code: 'SILENT_DOWNGRADE',
        hook: 'file_open',
        program: 'deny_open',
        first: { scenario: 'open(2) for reading', attempt: 'open /t/enforce/file/secret r', actual: 'succeeded' },
      },
    ]);
    const codes = kernel.findings.flatMap(({ folded }) => folded.map(({ code }) => code));
    expect(codes).toEqual(expect.arrayContaining(['ENFORCEMENT_LEAK', 'EVENT_MISSING', 'SCENARIO_CHANGED']));
    expect(found.findings.map(({ verdict }) => verdict)).not.toContainEqual(
      expect.objectContaining({ code: 'SCENARIO_CHANGED' }),
    );
    expect(dead.stdout).toContain('no program is live at file_open, and the agent claims ENFORCE');
    expect(dead.stdout).toContain(`--scenario 'open(2) for reading' --config ${config}`);
    expect(dead.stdout).not.toContain('Failed checks');
  });
});

describe('an agent that announces ENFORCE_SIGNAL before its tracepoints are attached', () => {
  it('has lost the race of what it announces against the kernel, with and without the BPF LSM', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'planted-test-'));
    const config = join(folder, 'matrix.config.json');
    const [binary, object] = [resolve('build/selftest/agent-early-signal'), resolve('build/aegis.bpf.o')];
    await writeFile(config, JSON.stringify({ agent: { name: 'aegis-agent', binary, object } }));
    const scenario = 'enforcement by signals is announced when it is true';
    const run = await matrix(['-k', '6.12', '--only', 'posture', '--scenario', scenario, '--config', config]);
    await rm(folder, { recursive: true });
    expect(run.exitCode).toBe(1);
    const kernel = kernelOf(await reportOf(run), '6.12');
    if (kernel.status !== 'ran') throw new Error(kernel.detail);
    expect(kernel.findings).toMatchObject([
      { code: 'POSTURE_DISHONEST', first: { scenario, expected: 'no denied open succeeds' } },
    ]);
    const raced = kernel.scenarios.flatMap(({ environment, checks }) =>
      checks.flatMap(({ check, outcome }) => (check === 'announcement' ? [[environment, outcome.kind]] : [])),
    );
    expect(raced).toEqual([
      ['lsm-override', 'fail'],
      ['no-lsm', 'fail'],
    ]);
  });
});

describe('on 5.10', () => {
  it('a program type of 5.14 is PROG_TYPE_UNSUPPORTED, and 6.1 loads it', async () => {
    const old = await matrix(['--kernel', '5.10,6.1', '--object', variant('prog_type_syscall')]);
    const found = await reportOf(old);
    const verdictOn = (id: string): LoadVerdict =>
      programOf(objectOf(kernelOf(found, id), 'prog_type_syscall'), 'run_by_hand').load;
    expect(verdictOn('5.10')).toMatchObject({ code: 'PROG_TYPE_UNSUPPORTED' });
    expect(verdictOn('6.1')).toEqual({ kind: 'loaded' });
  });
});

describe('an object that denies every read and write while it is attached', () => {
  const ok = (run: RunReport, kernel: string): unknown =>
    objectOf(kernelOf(run, kernel), 'deny_everything').programs.map(({ load, attach }) => [load.kind, attach.kind]);
  const all = Array.from({ length: 3 }, () => ['loaded', 'attached']);

  it.each(kernels)('%s: is answered for all the same, as the last of a machine', (kernel) => {
    expect(ok(report, kernel)).toEqual(all);
  });

  it('and as one of many', async () => {
    const objects = ['deny_everything', 'healthy'].flatMap((name) => ['--object', variant(name)]);
    const first = await reportOf(await matrix(['--kernel', '6.12', ...objects]));
    expect(ok(first, '6.12')).toEqual(all);
  });
});

describe('one object, alone or among others', () => {
  it('gets the same verdicts and the same statistics', async () => {
    const alone = await reportOf(await matrix(['--kernel', '6.12', '--object', variant('unusual')]));
    const timeless = (kernel: RunReport): unknown =>
      objectOf(kernelOf(kernel, '6.12'), 'unusual').programs.map((program) => ({
        ...program,
        stats: { ...program.stats, verificationTime: 0 },
        load: program.load.kind,
      }));
    expect(timeless(alone)).toEqual(timeless(report));
  });
});
