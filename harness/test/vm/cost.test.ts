// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunReport } from '../../model/report.js';
import { sumOf } from '../../model/sum.js';
import { writeKernelCosts } from '../../results/cost-baseline.js';
import { writeManifest } from '../../results/manifest.js';
import type { Comparison } from '../../verdict/compare.js';
import { costsOf } from '../../verdict/known-costs.js';
import { manifestsOf } from '../../verdict/manifest-of.js';
import { matrix, reportOf, textOf, variant } from './matrix.js';

/** Before logs that rotate (6.4), with them, and with listings of the program in front. */
const kernels = ['6.1', '6.12', '6.16', '6.17', '6.18', '7.2'];
/** Ours, a loop, and one that is rejected at the end of a long log. */
const objects = ['build/aegis.bpf.o', variant('loop_bound'), variant('long_log')];

let report: RunReport;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cost-test-'));
  report = await reportOf(await matrix(['cost', '--kernel', kernels.join(','), ...objects]));
}, 300_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const ran = () => report.kernels.filter((kernel) => kernel.status === 'ran');

it.each(kernels)('%s: the lines add up to what the verifier counted, to the instruction', (id) => {
  const programs =
    ran()
      .find((kernel) => kernel.id === id)
      ?.objects.flatMap((object) => object.programs) ?? [];
  expect(programs.length).toBeGreaterThan(40);
  for (const { name, stats, cost } of programs) {
    // The statistics are of another load, at another log level.
    expect([name, cost?.insns, cost?.counted]).toEqual([name, stats?.insns, stats?.insns]);
    expect([name, sumOf(cost?.lines.map(({ visits }) => visits) ?? [])]).toEqual([name, stats?.insns]);
  }
});

it('names lines that the source has, with their text', async () => {
  const lines = ran().flatMap((kernel) =>
    kernel.objects.flatMap(({ programs }) => programs.flatMap(({ cost }) => cost?.lines ?? [])),
  );
  const placed = lines.filter(({ file }) => file.startsWith('bpf/'));
  expect(placed.length).toBeGreaterThan(lines.length / 2);
  const files = new Map<string, readonly string[]>();
  for (const file of new Set(placed.map((line) => line.file)))
    files.set(file, (await readFile(file, 'utf8')).split('\n'));
  for (const { file, line, text } of placed) {
    expect(`${file}:${line} ${text}`).toBe(`${file}:${line} ${files.get(file)?.[line - 1]?.trim() ?? 'no such line'}`);
  }
});

it('has the turns of a loop, in terminal and Markdown', async () => {
  for (const kernel of ran()) {
    const walk = kernel.objects.find(({ object }) => object === 'loop_bound')?.programs[0];
    expect(walk?.cost?.lines[0]).toMatchObject({ text: 'for (i = 0; i < 24; i++) {', function: 'walk', passes: 24 });
  }
  const args = ['cost', '--kernel', '6.12', variant('loop_bound'), '--program', 'walk'];
  const alone = await matrix(args);
  for (const text of [alone.stdout, await textOf(alone, 'summary.md')]) {
    expect(text).toMatch(/loop\.bpf\.h:\d+ walk +\|? *72 \(48 %\) 24x/);
  }
});

it('counts what veristat counts', async (context) => {
  const built = await execa('scripts/veristat', ['6.12'], { reject: false });
  if (built.exitCode === 3) {
    process.stderr.write(`skipped: veristat is not compared: ${built.stderr.trim()}\n`);
    context.skip(built.stderr.trim());
  }
  const files = objects.flatMap((file) => ['--file', `/t/${basename(file)}=${file}`]);
  const argv = [built.stdout.trim(), '-o', 'csv', '-e', 'prog,insns', ...objects.map((file) => `/t/${basename(file)}`)];
  const asked = await matrix(['command', '-k', '6.12', ...files, '--', ...argv]);
  const theirs = (await textOf(asked, 'logs/6.12/command.stdout')).trim().split('\n').slice(1).sort();
  const programs =
    ran()
      .find(({ id }) => id === '6.12')
      ?.objects.flatMap((object) => object.programs) ?? [];
  expect(programs.map(({ name, cost }) => `${name},${cost?.counted ?? 'none'}`).sort()).toEqual(theirs);
});

/** The line of the loop whose bound is raised from 24 to 96. */
const raised = { file: 'bpf/variants/loop.bpf.h', text: 'for (i = 0; i < 96; i++) {', changed: true };

describe('a loop bound that was raised is blamed on its line', () => {
  it('between two objects, on each kernel', async () => {
    const args = ['compare', '--kernel', kernels.join(','), variant('loop_bound'), variant('loop_raised')];
    const compared = await matrix(args);
    const { kernels: all } = JSON.parse(await textOf(compared, 'compare.json')) as Comparison;
    expect(all).toHaveLength(kernels.length);
    for (const kernel of all) {
      const cell = kernel.status === 'compared' ? kernel.rows[0]?.cells[1] : undefined;
      expect(cell).toMatchObject({ kind: 'loaded', blame: { exact: true, lines: { 0: raised } } });
    }
    for (const text of [compared.stdout, await textOf(compared, 'compare.md')]) {
      expect(text).toContain(`+288.0 % on ${kernels.join(', ')}, of it 50 % at ${raised.file}:`);
      expect(text).toContain(raised.text);
    }
  }, 120_000);

  it('against a baseline, on each kernel and in every report', async () => {
    const [base, object] = [join(folder, 'base'), join(folder, 'loop_bound.bpf.o')];
    const before = { ...report, objects: report.objects.filter(({ name }) => name === 'loop_bound') };
    for (const kernel of ran()) {
      const own = { ...kernel, objects: kernel.objects.filter((one) => one.object === 'loop_bound') };
      for (const manifest of manifestsOf(before, own)) await writeManifest(base, manifest);
      const costs = costsOf(own);
      if (costs !== null) await writeKernelCosts(base, costs);
    }
    await mkdir(base, { recursive: true });
    await copyFile(variant('loop_raised'), object);
    const ids = kernels.join(',');
    const annotations = join(folder, 'annotations.txt');
    const reporter = ['--reporter', `annotations=${annotations}`];
    const args = ['--kernel', ids, '--only', 'load', '--object', object, '--baseline', base, ...reporter];
    const run = await matrix(args);
    expect(run.exitCode).toBe(1);
    const { findings } = await reportOf(run);
    const blamed = findings.flatMap((finding) => finding.blamed ?? []);
    expect(blamed.map(({ kernel }) => kernel)).toEqual(kernels);
    for (const place of blamed)
      expect(place).toMatchObject({ ...raised, item: 'loop_bound/walk', before: 72, now: 288 });
    const files = ['summary.md', 'manifest-diff.md', 'report.html'].map((name) => textOf(run, name));
    for (const text of [run.stdout, ...(await Promise.all(files))]) {
      expect(text).toContain(`of it 50 % at ${raised.file}:${blamed[0]?.line ?? 0} (changed)`);
    }
    expect(await readFile(annotations, 'utf8')).toContain(`file=${raised.file},line=${blamed[0]?.line ?? 0}`);
  }, 120_000);
});
