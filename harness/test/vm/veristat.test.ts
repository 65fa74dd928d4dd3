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

/** Both with the columns that they begin with alike: veristat wants the same ones in both files. */
function alike(a: string, b: string): readonly [string, string] {
  const [mine = [], its = []] = [a, b].map((csv) => csv.split('\n')[0]?.split(',') ?? []);
  const end = mine.findIndex((name, at) => name !== its[at]);
  const cut = (csv: string): string =>
    csv
      .split('\n')
      .map((line) =>
        line
          .split(',')
          .slice(0, end < 0 ? mine.length : end)
          .join(','),
      )
      .join('\n');
  return [cut(a), cut(b)];
}

/** The numbers that count, for every program. */
function counts(csv: string): readonly string[] {
  return [...rowsOf(csv)].map(([key, row]) => [key, ...counted.map((name) => row[name])].join(' ')).sort();
}

let run: Finished;
let ours: string;
beforeAll(async () => {
  run = await matrix(['--only', 'load', '--kernel', kernel, ...objects.flatMap((file) => ['--object', file])]);
  ours = await textOf(run, `veristat/${kernel}.csv`);
}, 200_000);

/** Both know the first nine columns of a run's CSV; the newer one all but the last. */
describe.each([
  ['7.2', 14],
  ['6.12', 9],
])('veristat of %s, with %i columns in common', (series, columns) => {
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
    const asked = await matrix(['command', '-k', kernel, ...files, '--', binary, '-o', 'csv', ...paths]);
    theirs = await textOf(asked, `logs/${kernel}/command.stdout`);
  }, 600_000);

  /** What veristat makes of two CSV files on this host. */
  async function compared(mine: string, its: string) {
    const files = [join(run.out, 'mine.csv'), join(run.out, 'its.csv')] as const;
    await writeFile(files[0], mine);
    await writeFile(files[1], its);
    const words = ['-C', '-e', 'file,prog,verdict,insns,states', '-o', 'csv', ...files];
    const { exitCode, stdout, stderr } = await execa(binary, words, { reject: false });
    return { exitCode, stderr, rows: [...rowsOf(stdout).values()] };
  }

  it('counts what we count, for every program', (context) => {
    if (skipped !== '') context.skip(skipped);
    const [mine, its] = alike(ours, theirs);
    expect(mine.split('\n')[0]?.split(',')).toHaveLength(columns);
    expect(counts(mine)).toEqual(counts(its));
    const rows = [...rowsOf(mine).values()];
    expect(rows.length).toBeGreaterThan(40);
    expect(new Set(rows.map((row) => row['verdict']))).toEqual(new Set(['success', 'failure']));
  });

  it('takes our CSV and finds no difference from its own', async (context) => {
    if (skipped !== '') context.skip(skipped);
    const { exitCode, stderr, rows } = await compared(...alike(ours, theirs));
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(rows.length).toBeGreaterThan(40);
    for (const row of rows) {
      const none = '+0 (+0.00%)';
      expect(row).toMatchObject({ verdict_diff: 'MATCH', total_insns_diff: none, total_states_diff: none });
    }
  });

  it('sees a number that is off', async (context) => {
    if (skipped !== '') context.skip(skipped);
    const [mine, its] = alike(ours, theirs);
    const [head = '', first = '', ...rest] = mine.split('\n');
    const cells = first.split(',');
    const off = [head, cells.with(4, String(Number(cells[4]) + 1)).join(','), ...rest].join('\n');
    const { rows } = await compared(off, its);
    expect(rows.filter((row) => !row['total_insns_diff']?.startsWith('+0 '))).toHaveLength(1);
    expect(counts(off)).not.toEqual(counts(its));
  });
});
