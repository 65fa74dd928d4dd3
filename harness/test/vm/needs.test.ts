// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, textOf, variant } from './matrix.js';

/** What objects need of their loader, given by the configuration, on an old and a new kernel. */

const kernels = ['6.1', '7.2'] as const;

const given = {
  programs: {
    on_function: { attach: 'vfs_unlink' },
    on_probe: { attach: 'do_sys_openat2' },
    on_tracepoint: { attach: 'sched/sched_process_exec' },
    on_raw_tracepoint: { attach: 'sched_process_exit' },
    'unwant*': { autoload: false },
  },
  maps: {
    counts: { maxEntries: 16 },
    outer: { inner: 'counts' },
    shared: { pinned: '/sys/fs/bpf/needs/deep/shared' },
  },
  rodata: { cleared: 16, owner: 'me' },
};
const array = { type: 'array', keySize: 4, valueSize: 8, maxEntries: 1 };
const larger = { ...array, maxEntries: 2 };
const pinned = (existing: object) => ({ pinned: { path: '/sys/fs/bpf/shared', existing } });
const target = (program: string, name: string) => ({
  object: resolve(variant('freplace_target')),
  program,
  function: name,
});
const absent = { ...given.programs, on_function: { attach: 'no_kernel_has_this' } };

/** What each object gets; the same object stands under several names. */
const entries: Readonly<Record<string, { readonly of: string; readonly needs: object | null }>> = {
  given: { of: 'needs_given', needs: given },
  plain: { of: 'needs_given', needs: null },
  absent: { of: 'needs_given', needs: { ...given, programs: absent } },
  reused: { of: 'needs_given', needs: { ...given, maps: { ...given.maps, shared: pinned(array) } } },
  mismatched: { of: 'needs_given', needs: { ...given, maps: { ...given.maps, shared: pinned(larger) } } },
  refused: {
    of: 'needs_given',
    needs: { ...given, maps: { ...given.maps, outer: { inner: { ...array, keySize: 8 } } } },
  },
  outer: { of: 'cases/map_outer_alone', needs: { maps: { outer: { inner: array } } } },
  ring: { of: 'cases/map_ringbuf_value', needs: null },
  'ring-go': { of: 'cases/map_ringbuf_value', needs: { loader: 'ebpf-go' } },
  sizes: { of: 'needs_sizes', needs: null },
  'sizes-go': { of: 'needs_sizes', needs: { loader: 'ebpf-go' } },
  'legacy-go': { of: 'cases/maps_legacy', needs: { loader: 'ebpf-go' } },
  partial: { of: 'needs_partial', needs: null },
  replacing: { of: 'freplace', needs: { programs: { '*': { attach: target('entry', 'decide') } } } },
  misnamed: { of: 'freplace', needs: { programs: { '*': { attach: target('entry', 'decied') } } } },
  mixed: { of: 'freplace', needs: { programs: { replaces: { attach: target('refused', 'decide') } } } },
  unfounded: { of: 'freplace', needs: { programs: { '*': { attach: target('refused', 'decide') } } } },
};

let folder: string;
let run: Finished;
let report: RunReport;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'needs-test-'));
  const names = Object.keys(entries);
  await Promise.all(names.map((name) => copyFile(variant(entries[name]!.of), join(folder, `${name}.bpf.o`))));
  const objects = names.flatMap((name) => {
    const needs = entries[name]!.needs;
    return needs === null ? [] : [{ path: `${name}.bpf.o`, ...needs }];
  });
  const config = join(folder, 'matrix.config.json');
  await writeFile(config, JSON.stringify({ objects }));
  const args = ['--only', 'load', '--kernel', kernels.join(), '--config', config, '--object', folder];
  run = await matrix(args);
  report = await reportOf(run);
}, 600_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(kernels)('on %s', (kernel) => {
  const object = (name: string) => objectOf(kernelOf(report, kernel), name);
  const load = (name: string, program: string) => programOf(object(name), program).load;

  it('an object with all that it needs loads and is attached', () => {
    const { verdict, whole, programs, maps, conditions } = object('given');
    expect([verdict.kind, whole.kind]).toEqual(['pass', 'loaded']);
    expect(programs.map(({ name, optional, load, attach }) => [name, optional, load.kind, attach.kind])).toEqual([
      ['on_function', false, 'loaded', 'attached'],
      ['on_probe', false, 'loaded', 'attached'],
      ['on_tracepoint', false, 'loaded', 'attached'],
      ['unwanted', true, 'failed', 'not-tried'],
      ['on_raw_tracepoint', false, 'loaded', 'attached'],
    ]);
    expect(maps.find(({ name }) => name === 'counts')?.maxEntries).toBe(16);
    expect(conditions?.given).toContain('cleared = 16');
  });

  it('and nothing of it without', () => {
    const { programs, verdict } = object('plain');
    expect(verdict.kind).toBe('fail');
    const attached = programs.filter(({ attach }) => attach.kind === 'attached');
    expect(attached).toEqual([]);
    expect(load('plain', 'on_tracepoint')).toMatchObject({ kind: 'failed', code: 'VERIFIER_REJECTED' });
    expect(load('plain', 'on_probe')).toMatchObject({ code: 'MAP_UNSUPPORTED', why: { cause: 'missing-inner-map' } });
  });

  it('a place that the kernel does not have is a missing hook, of one program', () => {
    expect(load('absent', 'on_function')).toMatchObject({ kind: 'failed', code: 'HOOK_MISSING' });
    expect(load('absent', 'on_probe').kind).toBe('loaded');
    const { partial, programs } = object('absent');
    expect(partial).toMatchObject({ withoutPrograms: ['on_function'], load: { kind: 'loaded' } });
    expect(programs.filter(({ attach }) => attach.kind === 'attached')).toHaveLength(3);
  });

  it('a map that is pinned already is used where it fits, and refused where it does not', () => {
    expect(object('reused').verdict.kind).toBe('pass');
    const { whole } = object('mismatched');
    expect(whole).toMatchObject({ kind: 'failed', code: 'LOAD_FAILED' });
    if (whole.kind === 'failed') expect(whole.why.decidingLine).toMatch(/shared.*parameter mismatch/);
  });

  it('an inner map that the kernel refuses is named with what was asked for', () => {
    const { whole } = object('refused');
    expect(whole).toMatchObject({ kind: 'failed', code: 'MAP_UNSUPPORTED' });
    if (whole.kind === 'failed') expect(whole.why.decidingLine).toMatch(/inner map of map 'outer'.*array, key_size 8/);
  });

  it('an outer map alone loads with the inner map that is given', () => {
    expect(object('outer').verdict.kind).toBe('pass');
  });

  it('the value of a ring buffer is dropped as cilium/ebpf does, and refused with libbpf', () => {
    const why = { cause: 'map-attributes' };
    expect(load('ring', 'reports')).toMatchObject({ kind: 'failed', code: 'MAP_UNSUPPORTED', why });
    const differences = [{ map: 'records', attribute: 'value_size', libbpf: 4, ebpfGo: 0 }];
    expect(object('ring').conditions).toEqual({ loader: 'libbpf', given: [], differences });
    expect(object('ring-go').conditions).toEqual({ loader: 'ebpf-go', given: [], differences });
    expect([object('ring-go').verdict.kind, object('ring-go').whole.kind]).toEqual(['pass', 'loaded']);
  });

  it('what either loader would be refused, the other one is not, and each verdict says so', () => {
    const kinds = (name: string) => object(name).programs.map((program) => program.load.kind);
    expect([kinds('sizes'), kinds('sizes-go')]).toEqual([
      ['failed', 'loaded'],
      ['loaded', 'failed'],
    ]);
    const [samples, records] = [load('sizes', 'samples_exec'), load('sizes-go', 'records_exit')];
    const text = [samples, records].map((one) => (one.kind === 'failed' ? one.why.explanation : null));
    expect(text[0]).toContain('cilium/ebpf makes it 4 before it asks the kernel, libbpf does not');
    expect(text[1]).toContain('max_entries 5000');
    expect(text[1]).toContain('libbpf makes it 8192 before it asks the kernel, cilium/ebpf does not');
  });

  it('legacy maps are for cilium/ebpf alone, and cannot be judged here', () => {
    const { whole } = object('legacy-go');
    expect(whole).toMatchObject({ kind: 'failed', code: 'OBJECT_INVALID', why: { cause: 'legacy-maps' } });
    if (whole.kind === 'failed') expect(whole.why.explanation).toContain('cannot judge this one');
  });

  it('a function of a program that is loaded before is replaced and traced', () => {
    const { verdict, whole, programs } = object('replacing');
    expect([verdict.kind, whole.kind]).toEqual(['pass', 'loaded']);
    const place = 'function decide of program entry of freplace_target.bpf.o';
    expect(programs.map(({ attach }) => attach)).toEqual([
      { kind: 'attached', place },
      { kind: 'attached', place },
    ]);
  });

  it.each([
    [
      'misnamed',
      'ENOENT',
      'function decied of program entry of freplace_target.bpf.o, and the BTF of that program has no such',
    ],
    [
      'unfounded',
      'EACCES',
      'program refused of freplace_target.bpf.o, which is loaded first, and which this kernel does not load',
    ],
  ])('a target that cannot be had is not blamed on the program: %s', (name, errno, words) => {
    for (const program of ['replaces', 'traces']) {
      const verdict = load(name, program);
      expect(verdict).toMatchObject({ kind: 'failed', code: 'LOAD_FAILED', why: { cause: 'attach-target', errno } });
      if (verdict.kind === 'failed') expect(verdict.why.explanation).toContain(words);
    }
    expect(object(name).whole).toMatchObject({ kind: 'failed', why: { cause: 'attach-target' } });
  });

  it('a target that cannot be had is no cause of another program that fails', () => {
    expect(load('mixed', 'replaces')).toMatchObject({ code: 'LOAD_FAILED', why: { cause: 'attach-target' } });
    const verdict = load('mixed', 'traces');
    expect(verdict).toMatchObject({ kind: 'failed', why: { cause: null, errno: 'EINVAL' } });
    if (verdict.kind === 'failed')
      expect(verdict.why.decidingLine).toContain("prog 'traces': no BTF-based attach target");
  });

  it('an object of which a part loads is attached without what fails alone, and fails all the same', () => {
    const { programs, partial, whole, verdict } = object('partial');
    expect(programs.map(({ name, attach }) => `${name} ${attach.kind}`)).toEqual([
      'counts_exec attached',
      'counts_exit attached',
      'checks_nothing not-tried',
      'uses_the_future not-tried',
      'finds_no_place failed',
    ]);
    const without = { withoutPrograms: ['checks_nothing', 'uses_the_future'], withoutMaps: ['from_the_future'] };
    expect(partial).toEqual({ ...without, load: { kind: 'loaded' } });
    expect([whole.kind, verdict.kind, run.exitCode]).toEqual(['failed', 'fail', 1]);
    expect(programOf(object('partial'), 'finds_no_place').attach).toMatchObject({ why: { cause: 'probe-target' } });
  });
});

describe('the reports', () => {
  it('say what was given, what a loader changed, and what goes without', async () => {
    const without = 'without checks_nothing, uses_the_future, map from_the_future';
    for (const text of [run.stdout, await textOf(run, 'summary.md')]) {
      const plain = text.replaceAll(/&#(\d+);/g, (_, digits: string) => String.fromCharCode(Number(digits)));
      expect(plain).toContain('max_entries 16');
      expect(plain).toContain('as ebpf-go does: value_size of records 4 -> 0');
      expect(plain).toContain('ebpf-go would: value_size of records 4 -> 0');
      expect(plain).toContain(`${without} it loads and attaches counts_exec`);
    }
    expect(await textOf(run, 'junit.xml')).toContain(without);
  });

  it('are the same when the stored answers are judged again', async () => {
    const judged = join(folder, 'judged');
    const { exitCode } = await execa('node', ['dist/harness/cli/main.js', 'judge', run.out, '--out', judged], {
      reject: false,
    });
    expect(exitCode).toBe(1);
    const { stdout } = await execa('diff', ['-r', run.out, judged], { reject: false });
    expect(stdout).toBe('');
  });
});

describe('what the object does not have', () => {
  it('ends a run before anything boots', async () => {
    const config = join(folder, 'wrong.json');
    const objects = [{ path: 'given.bpf.o', rodata: { clear: 16 } }];
    await writeFile(config, JSON.stringify({ objects }));
    const { exitCode, stderr } = await matrix(['--config', config, '--object', join(folder, 'given.bpf.o')]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('wrong.json: objects.0.rodata.clear');
    expect(stderr).toContain('did you mean cleared?');
  });
});
