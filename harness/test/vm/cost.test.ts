// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import type { RunReport } from '../../model/report.js';
import { sumOf } from '../../model/sum.js';
import { type Finished, matrix, reportOf, textOf, variant } from './matrix.js';

/** Before logs that rotate (6.4), with them, and with listings of the program in front. */
const kernels = ['6.1', '6.12', '6.16', '6.17', '6.18', '7.2'];
/** Ours, a loop, and one that is rejected at the end of a long log. */
const objects = ['build/aegis.bpf.o', variant('loop_bound'), variant('long_log')];

let run: Finished;
let report: RunReport;
beforeAll(async () => {
  run = await matrix(['cost', '--kernel', kernels.join(','), ...objects]);
  report = await reportOf(run);
}, 300_000);

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
