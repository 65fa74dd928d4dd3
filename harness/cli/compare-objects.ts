// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { embeddedObjects } from '../config/embedded-objects.js';
import { agreementPage, agreementTsv } from '../report/pages/agreement.js';
import { readForeignRuns } from '../results/foreign-runs.js';
import { readRunJson } from '../results/run-json.js';
import { agreementRows } from '../verdict/agreement-rows.js';
import { differingAnswers } from '../verdict/same-answers.js';

/**
 * What scripts/compare-objects and scripts/compare-hosts do with files:
 *
 *   extract TREES OUT    copies each BPF object below TREES/PACKAGE once to OUT/NAME.bpf.o, and lists them on stdout
 *   table RUNS FILE      holds the runs below RUNS against each other; the whole table goes to FILE
 *   hosts ONE OTHER      says what two run.json answer differently (scripts/compare-hosts)
 */
async function compareObjects([step, from = '', to = '']: readonly string[]): Promise<number> {
  if (step === 'extract') return extract(from, to);
  if (step === 'table') return table(from, to);
  if (step === 'hosts') return hosts(from, to);
  process.stderr.write('usage: extract TREES OUT | table RUNS FILE | hosts ONE OTHER\n');
  return 2;
}

async function table(runs: string, file: string): Promise<number> {
  const rows = (await readForeignRuns(runs)).flatMap(agreementRows);
  await writeFile(file, agreementTsv(rows));
  process.stdout.write(`${agreementPage(rows).join('\n')}\nall rows: ${file}\n`);
  const unexplained = rows.some(({ agreement }) => agreement.kind === 'differs' && agreement.why === null);
  // Nothing compared is no agreement.
  return rows.length === 0 || unexplained ? 1 : 0;
}

async function hosts(one: string, other: string): Promise<number> {
  const [left, right] = [await readRunJson(one), await readRunJson(other)];
  const differing = differingAnswers(left, right);
  for (const line of differing) process.stdout.write(`${line}\n`);
  const programs = left.kernels.flatMap((kernel) =>
    kernel.status === 'unavailable' ? [] : kernel.objects.flatMap((object) => object.programs),
  );
  process.stdout.write(`${programs.length} program results, ${differing.length} answers differ\n`);
  return programs.length === 0 || differing.length > 0 ? 1 : 0;
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
