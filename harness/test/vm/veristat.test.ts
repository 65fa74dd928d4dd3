// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Finished, matrix, textOf, variant } from './matrix.js';

const kernel = '6.12';
const otherKernel = '6.1';
/** Loads, is rejected, and the largest one there is. */
const objects = ['build/aegis.bpf.o', variant('layout_ternary'), variant('layout_barrier')];
/** What a kernel's verifier counts: the same for the same program, whoever asks. */
const counted = ['verdict', 'total_insns', 'total_states', 'peak_states', 'max_states_per_insn', 'max_mark_read_len'];

/** Rows by file and program, each a record by column. */
function rowsOf(csv: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const [head = [], ...rows] = csv
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const records = rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ''])));
  return new Map(records.map((record) => [`${record['file_name'] ?? ''} ${record['prog_name'] ?? ''}`, record]));
}

const headOf = (csv: string): string => csv.split('\n')[0] ?? '';

/** The numbers that count, for every program. */
function counts(csv: string): readonly string[] {
  return [...rowsOf(csv)].map(([key, row]) => [key, ...counted.map((name) => row[name])].join(' ')).sort();
}

const fileOf = (id: string): string => join('veristat', `${id}.csv`);

let run: Finished;
let ours: string;
beforeAll(async () => {
  const files = objects.flatMap((file) => ['--object', file]);
  run = await matrix(['--only', 'load', '--kernel', `${otherKernel},${kernel}`, ...files]);
  ours = await textOf(run, fileOf(kernel));
}, 200_000);

describe.each(['7.2', '6.12'])('veristat of %s', (series) => {
  let skipped = '';
  let theirs = '';
  let binary = '';
  beforeAll(async () => {
    const built = await execa('scripts/veristat', [series], { reject: false });
    binary = built.stdout.trim();
    // Where there is no such source package the comparison is left out aloud.
    if (built.exitCode === 3) {
      skipped = built.stderr.trim();
      process.stderr.write(`skipped: veristat of ${series} is not compared: ${skipped}\n`);
      return;
    }
    expect([built.exitCode, built.stderr]).toEqual([0, '']);
    const files = objects.flatMap((file) => ['--file', `/t/${basename(file)}=${file}`]);
    const paths = objects.map((file) => `/t/${basename(file)}`);
    const argv = [binary, '-o', 'csv', '-e', headOf(ours), ...paths];
    const asked = await matrix(['command', '-k', kernel, ...files, '--', ...argv]);
    theirs = await textOf(asked, `logs/${kernel}/command.stdout`);
  }, 600_000);

  /** What veristat makes of two CSV files on this host. */
  async function compared(base: string, comparison: string) {
    const argv = ['-C', '-e', 'file,prog,verdict,insns,states', '-o', 'csv', base, comparison];
    const { exitCode, stdout, stderr } = await execa(binary, argv, { reject: false });
    return { exitCode, stderr, rows: [...rowsOf(stdout).values()] };
  }

  /** As `compared`, with veristat's own file. */
  async function againstIts(mine: string) {
    const [base, comparison] = [join(run.out, 'mine.csv'), join(run.out, 'its.csv')];
    await writeFile(base, mine);
    await writeFile(comparison, theirs);
    return compared(base, comparison);
  }

  it('counts what we count, for every program', (context) => {
    if (skipped !== '') context.skip(skipped);
    expect(headOf(theirs)).toBe(headOf(ours));
    expect(counts(ours)).toEqual(counts(theirs));
    const rows = [...rowsOf(ours).values()];
    expect(rows.length).toBeGreaterThan(40);
    expect(new Set(rows.map((row) => row['verdict']))).toEqual(new Set(['success', 'failure']));
  });

  it('takes our CSV and finds no difference from its own', async (context) => {
    if (skipped !== '') context.skip(skipped);
    const { exitCode, stderr, rows } = await againstIts(ours);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) {
      const none = '+0 (+0.00%)';
      expect(row).toMatchObject({ verdict_diff: 'MATCH', total_insns_diff: none, total_states_diff: none });
    }
  });

  it('compares two files of a run as they were written', async (context) => {
    if (skipped !== '') context.skip(skipped);
    const files = [otherKernel, kernel].map((id) => join(run.out, fileOf(id)));
    const { exitCode, stderr, rows } = await compared(files[0] ?? '', files[1] ?? '');
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(rows.length).toBe(rowsOf(ours).size);
    // The ternary layout loads on the one and not on the other.
    expect(rows.filter((row) => row['verdict_diff'] === 'MISMATCH').length).toBeGreaterThan(0);
    const before = rowsOf(await textOf(run, fileOf(otherKernel)));
    for (const row of rows) {
      const key = `${row['file_name'] ?? ''} ${row['prog_name'] ?? ''}`;
      expect(row['total_insns_base']).toBe(before.get(key)?.['total_insns']);
      expect(row['total_insns_comp']).toBe(rowsOf(ours).get(key)?.['total_insns']);
    }
  });

  it('sees a number that is off', async (context) => {
    if (skipped !== '') context.skip(skipped);
    const [head = '', first = '', ...rest] = ours.split('\n');
    const cells = first.split(',');
    const off = [head, cells.with(4, String(Number(cells[4]) + 1)).join(','), ...rest].join('\n');
    const { rows } = await againstIts(off);
    expect(rows.filter((row) => !row['total_insns_diff']?.startsWith('+0 '))).toHaveLength(1);
    expect(counts(off)).not.toEqual(counts(theirs));
  });
});
