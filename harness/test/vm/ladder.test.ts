// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putFile } from '../../guest/files.js';
import { runInGuest } from '../../guest/process.js';
import type { Explanation, RunReport } from '../../model/report.js';
import { loadObject } from '../../scenarios/load.js';
import { judgeLadder } from '../../verdict/ladder.js';
import { withWideRecords } from '../fixtures/wide-records.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, textOf, variant } from './matrix.js';
import { openGuest } from './open-guest.js';

let folder: string;
let run: Finished;
let report: RunReport;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ladder-'));
  const healthy = await readFile(variant('healthy'));
  const [lines, funcs] = [join(folder, 'wide_lines.bpf.o'), join(folder, 'wide_funcs.bpf.o')];
  await writeFile(lines, withWideRecords(healthy, 'line'));
  await writeFile(funcs, withWideRecords(healthy, 'func'));
  const names = ['reject_name', 'silent_flags', 'silent_attach_type', 'silent_twice', 'silent_size', 'silent_hook'];
  const objects = [...names.map(variant), lines, funcs].flatMap((file) => ['--object', file]);
  run = await matrix(['--only', 'load', '--kernel', '5.10,6.12', ...objects]);
  report = await reportOf(run);
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

function whyOf(kernel: string, object: string, program: string): Explanation {
  const { load } = programOf(objectOf(kernelOf(report, kernel), object), program);
  if (load.kind !== 'failed') throw new Error(`${object}/${program} loads on ${kernel}`);
  expect(load.code).toBe('LOAD_FAILED');
  return load.why;
}

describe('a refusal without a word, and the stage that experiments find', () => {
  it.each([
    ['6.12', 'reject_name', 'deny-all', 'name'],
    ['5.10', 'reject_name', 'deny-all', 'name'],
    ['5.10', 'silent_flags', 'with_frags', 'flags'],
    ['5.10', 'silent_attach_type', 'for_cgroup', 'attach-type'],
    ['5.10', 'wide_lines', 'healthy_open', 'line-info'],
    ['6.12', 'wide_lines', 'healthy_open', 'line-info'],
    ['6.12', 'silent_size', 'too_many', 'instructions'],
    ['5.10', 'silent_hook', 'dump_runs', 'hook'],
    ['6.12', 'silent_hook', 'dump_runs', 'hook'],
  ])('%s: %s/%s: %s', (kernel, object, program, stage) => {
    const why = whyOf(kernel, object, program);
    expect(why.ladder?.stage).toBe(stage);
    expect(why).toMatchObject({ cause: 'refused-silently', page: 'docs/rejections/refused-silently.md' });
    expect(why.ladder?.tried[0]).toMatchObject({ step: 'asked', errno: why.errno });
  });

  it('is never guessed: two faults at once stay unknown, with all that was tried', () => {
    const why = whyOf('5.10', 'silent_twice', 'twice-refused');
    expect(why).toMatchObject({ cause: null, explanation: null, ladder: { stage: 'unknown' } });
    expect(why.decidingLine).toContain('UNKNOWN');
    expect(why.ladder?.tried.every(({ errno }) => errno === 'EINVAL')).toBe(true);
    const steps = new Set(why.ladder?.tried.map(({ step }) => step));
    for (const step of ['with-object', 'log-level', 'no-btf', 'other-name', 'no-flags', 'other-attach-type'] as const) {
      expect(steps).toContain(step);
    }
  });

  it.each(['5.10', '6.12'])('is not that of func info on %s: the kernel says so itself', (kernel) => {
    const { load } = programOf(objectOf(kernelOf(report, kernel), 'wide_funcs'), 'healthy_open');
    const why = { decidingLine: 'invalid func info rec size 260', ladder: null };
    expect(load).toMatchObject({ code: 'VERIFIER_REJECTED', why });
  });

  it('is not looked for where the kernel takes the program', () => {
    expect(programOf(objectOf(kernelOf(report, '6.12'), 'silent_flags'), 'with_frags').load.kind).toBe('loaded');
  });

  it('is what its loader may not do: LSM programs need CAP_PERFMON', async () => {
    const lacks = ['--without-capability', 'perfmon,sys_admin'];
    const lacking = await matrix(['--kernel', '5.10,6.12', ...lacks, '--object', variant('healthy')]);
    const { kernels } = await reportOf(lacking);
    for (const kernel of kernels) {
      const { load } = programOf(objectOf(kernel, 'healthy'), 'healthy_open');
      const ladder = { stage: 'capabilities' };
      expect(load).toMatchObject({ code: 'LOAD_FAILED', why: { errno: 'EPERM', cause: 'refused-silently', ladder } });
    }
    expect(lacking.stdout).toMatch(/tried with all capabilities +loads/);
  });

  it('is in every report', async () => {
    for (const text of [run.stdout, await textOf(run, 'junit.xml'), await textOf(run, 'summary.md')]) {
      expect(text).toMatch(/tried:? without line info +loads/);
      expect(text).toContain('docs/rejections/refused-silently.md');
    }
  });
});

describe('where an LSM program refuses what no kernel at hand refuses without a word', () => {
  it('func info and BTF are found', async () => {
    const { machine, guest, stop } = await openGuest('6.12');
    try {
      await putFile(guest, '/pin', await readFile('build/probe/pin'), 0o755);
      await putFile(guest, '/gate.bpf.o', await readFile(variant('gate_debug_info')));
      const gated = await runInGuest(guest, { argv: ['/pin', '/gate.bpf.o'], timeout: 20_000 });
      expect([gated.end, gated.stderr.toString()]).toEqual([{ kind: 'exited', status: 0 }, '']);
      const bytes = await readFile(variant('healthy'));
      const { programs } = await machine.guard(loadObject(guest, { name: 'healthy', bytes, timeout: 60_000 }));
      const stages = programs.map(({ program, ladder }) => [program, judgeLadder(ladder)?.stage]);
      expect(stages).toEqual([
        ['healthy_open', 'btf'],
        ['healthy_openat', 'func-info'],
      ]);
    } finally {
      await stop();
    }
  });
});
