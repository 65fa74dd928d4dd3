// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, textOf, variant } from './matrix.js';

/** A folder as other projects have them: objects of every kind, one name twice, and what is no object. */
let folder: string;
let run: Finished;
let report: RunReport;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'objects-test-'));
  await mkdir(join(folder, 'one'));
  await mkdir(join(folder, 'two'));
  const copies = [
    ['healthy', 'one/x'],
    ['negated_tail', 'two/x'],
    ['only_maps', 'only_maps'],
    ['only_maps_newer', 'only_maps_newer'],
  ] as const;
  for (const [from, to] of copies) await copyFile(variant(from), join(folder, `${to}.bpf.o`));
  // Without -g there is no BTF.
  await writeFile(
    join(folder, 'plain.c'),
    '__attribute__((section("tp/syscalls/sys_enter_openat"), used)) int plain(void *c) { return 0; }\n',
  );
  execFileSync('clang-16', ['-target', 'bpf', '-O2', '-c', join(folder, 'plain.c'), '-o', join(folder, 'plain.bpf.o')]);
  await writeFile(join(folder, 'broken.bpf.o'), 'no object at all\n');
  await copyFile('build/guest/main.o', join(folder, 'main.o'));
  run = await matrix(['--kernel', '6.1,6.12', '--object', folder]);
  report = await reportOf(run);
});
afterAll(() => rm(folder, { recursive: true }));

const verdictOf = (kernel: string, object: string): unknown => objectOf(kernelOf(report, kernel), object).verdict;

describe('a folder of objects', () => {
  it('is all of them, two of one name told apart by their folders, and what is no BPF object left out', () => {
    expect(report.objects.map(({ name }) => name)).toEqual([
      ...['broken', 'one-x', 'only_maps', 'only_maps_newer', 'plain', 'two-x'],
    ]);
    expect(report.notices).toContainEqual(expect.stringContaining('1 of 7 .o files are no BPF objects'));
    expect([verdictOf('6.12', 'one-x'), verdictOf('6.12', 'two-x')]).toMatchObject([
      { kind: 'pass' },
      { code: 'VERIFIER_REJECTED' },
    ]);
  });

  it.each(['6.1', '6.12'])('%s: one that is none is a row of its own, in every report', async (kernel) => {
    expect(run.exitCode).toBe(1);
    expect(objectOf(kernelOf(report, kernel), 'broken')).toMatchObject({
      verdict: { kind: 'fail', code: 'OBJECT_INVALID' },
      whole: { kind: 'failed', why: { decidingLine: expect.stringContaining('is not an ELF file') as unknown } },
    });
    expect(verdictOf(kernel, 'one-x')).toEqual({ kind: 'pass' });
    for (const text of [run.stdout, await textOf(run, 'summary.md'), await textOf(run, 'junit.xml')]) {
      expect(text).toContain('is not an ELF file');
    }
  });

  it('with nothing but maps passes where they can be created, and names the one that cannot', () => {
    expect([verdictOf('6.1', 'only_maps'), verdictOf('6.12', 'only_maps')]).toEqual([
      { kind: 'pass' },
      { kind: 'pass' },
    ]);
    expect(verdictOf('6.12', 'only_maps_newer')).toEqual({ kind: 'pass' });
    const old = objectOf(kernelOf(report, '6.1'), 'only_maps_newer');
    expect(old.verdict).toMatchObject({ kind: 'fail', code: 'MAP_UNSUPPORTED' });
    expect(old.maps.map(({ name, error }) => [name, error])).toEqual([
      ['counters', null],
      ['arena', 'EINVAL'],
    ]);
  });

  it('without BTF loads, which is said once', () => {
    const plain = objectOf(kernelOf(report, '6.12'), 'plain');
    expect(programOf(plain, 'plain')).toMatchObject({ load: { kind: 'loaded' }, attach: { kind: 'attached' } });
    expect(report.notices.filter((notice) => notice.includes('plain has no BTF'))).toHaveLength(1);
  });
});

it('none of which is an object is a usage error', async () => {
  const one = await matrix(['--kernel', '6.12', '--object', join(folder, 'broken.bpf.o')]);
  expect([one.exitCode, one.stderr]).toEqual([2, expect.stringContaining('broken.bpf.o is not an ELF file')]);
});
