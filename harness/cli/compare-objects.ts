import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { embeddedObjects } from '../config/embedded-objects.js';
import { comparisonOf, comparisonText } from '../report/comparison-text.js';
import { readForeignRuns } from '../results/foreign-runs.js';

/**
 * What scripts/compare-objects does with files:
 *
 *   extract TREES OUT    copies each BPF object below TREES/PACKAGE once to OUT/NAME.bpf.o, and lists them on stdout
 *   table RUNS FILE      holds the runs below RUNS against each other; the whole table goes to FILE
 */
export async function compareObjects([step, from = '', to = '']: readonly string[]): Promise<number> {
  if (step === 'extract') return extract(from, to);
  if (step === 'table') return table(from, to);
  process.stderr.write('usage: extract TREES OUT | table RUNS FILE\n');
  return 2;
}

async function table(runs: string, file: string): Promise<number> {
  const comparison = comparisonOf(await readForeignRuns(runs));
  await writeFile(file, comparisonText(comparison.rows));
  process.stdout.write(comparison.summary);
  return comparison.unexplained === 0 ? 0 : 1;
}

async function extract(trees: string, out: string): Promise<number> {
  await mkdir(out, { recursive: true });
  const seen = new Map<string, string>();
  const taken = new Set<string>();
  for (const tree of (await readdir(trees)).sort()) {
    for (const file of await filesBelow(join(trees, tree))) {
      const { objects, others } = embeddedObjects(await readFile(file));
      const path = relative(trees, file);
      for (const why of others) process.stdout.write(`-\t-\t${path}\t${why}\n`);
      for (const { offset, bytes } of objects) {
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const known = seen.get(sha256);
        const name = known ?? freeName(taken, `${tree}-${basename(file).replace(/(\.bpf)?\.(o|elf|bpf|so.*)$/, '')}`);
        process.stdout.write(`${name}\t${sha256}\t${path}\t${known === undefined ? `byte ${offset}` : 'once more'}\n`);
        if (known !== undefined) continue;
        seen.set(sha256, name);
        await writeFile(join(out, `${name}.bpf.o`), bytes);
      }
    }
  }
  return 0;
}

/** In an order that is the same everywhere; no links. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function freeName(taken: Set<string>, wish: string): string {
  const plain = wish.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 56);
  let name = plain;
  for (let next = 2; taken.has(name); next++) name = `${plain}-${next}`;
  taken.add(name);
  return name;
}

process.exitCode = await compareObjects(process.argv.slice(2));
