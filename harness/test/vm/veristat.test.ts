import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Finished, matrix, textOf, variant } from './matrix.js';

const kernel = '6.12';
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

/** The columns that a veristat knows; it refuses a file with one that it does not. */
function cut(csv: string, like: string): string {
  const columns = like.split('\n')[0]?.split(',').length ?? 0;
  const lines = csv.split('\n').map((line) => line.split(',').slice(0, columns).join(','));
  return lines.join('\n');
}

let run: Finished;
let ours: string;
beforeAll(async () => {
  run = await matrix(['--only', 'load', '--kernel', kernel, ...objects.flatMap((file) => ['--object', file])]);
  ours = await textOf(run, `veristat/${kernel}.csv`);
}, 200_000);

/** The newest has all columns that a run's CSV has, that of 6.12 the first nine. */
describe.each([
  ['7.2', 15],
  ['6.12', 9],
])('veristat of %s, with %i columns', (series, columns) => {
  let skipped = '';
  let theirs = '';
  let binary = '';
  beforeAll(async () => {
    const built = await execa('scripts/veristat', [series], { reject: false });
    binary = built.stdout.trim();
    // Where there is no such source package the comparison is left out aloud.
    if (built.exitCode === 3) skipped = built.stderr.trim();
    else expect([built.exitCode, built.stderr]).toEqual([0, '']);
    if (skipped !== '')
      return void process.stderr.write(`skipped: veristat of ${series} is not compared: ${skipped}\n`);
    const files = objects.flatMap((file) => ['--file', `/t/${basename(file)}=${file}`]);
    const paths = objects.map((file) => `/t/${basename(file)}`);
    const asked = await matrix(['command', '-k', kernel, ...files, '--', binary, '-o', 'csv', ...paths]);
    theirs = await textOf(asked, `logs/${kernel}/command.stdout`);
  }, 600_000);

  it('counts what we count, for every program', (context) => {
    if (skipped !== '') context.skip(skipped);
    expect(theirs.split('\n')[0]?.split(',')).toHaveLength(columns);
    const [a, b] = [rowsOf(ours), rowsOf(theirs)];
    expect([...a.keys()].sort()).toEqual([...b.keys()].sort());
    expect(a.size).toBeGreaterThan(20);
    expect(some(a)).toEqual(some(b));
    expect(new Set([...a.values()].map((row) => row['verdict']))).toEqual(new Set(['success', 'failure']));
  });

  it('takes our CSV and compares it with its own: no difference', async (context) => {
    if (skipped !== '') context.skip(skipped);
    const [mine, its] = [join(run.out, `ours-${series}.csv`), join(run.out, `theirs-${series}.csv`)];
    await writeFile(mine, cut(ours, theirs));
    await writeFile(its, theirs);
    const words = ['-C', '-e', 'file,prog,verdict,insns,states', '-o', 'csv', mine, its];
    const compared = await execa(binary, words, { reject: false });
    expect([compared.exitCode, compared.stderr]).toEqual([0, '']);
    const rows = [...rowsOf(compared.stdout).values()];
    expect(rows.length).toBeGreaterThan(20);
    for (const row of rows) {
      expect(row).toMatchObject({ total_insns_diff: '+0', total_states_diff: '+0' });
      expect(row['verdict_base']).toBe(row['verdict_comp']);
    }
  });

  it('a number that is off is seen', async (context) => {
    if (skipped !== '') context.skip(skipped);
    const [mine, its] = [join(run.out, `off-${series}.csv`), join(run.out, `theirs-${series}.csv`)];
    const [head, first = '', ...rest] = cut(ours, theirs).split('\n');
    const cells = first.split(',');
    const off = cells.with(4, String(Number(cells[4]) + 1)).join(',');
    await writeFile(mine, [head, off, ...rest].join('\n'));
    const compared = await execa(binary, ['-C', '-e', 'file,prog,insns', '-o', 'csv', mine, its]);
    const differing = [...rowsOf(compared.stdout).values()].filter((row) => row['total_insns_diff'] !== '+0');
    expect(differing).toHaveLength(1);
    expect(some(rowsOf([head, off, ...rest].join('\n')))).not.toEqual(some(rowsOf(theirs)));
  });
});

function some(rows: ReturnType<typeof rowsOf>): readonly string[] {
  return [...rows].map(([key, row]) => [key, ...counted.map((name) => row[name])].join(' ')).sort();
}
