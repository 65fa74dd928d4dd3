// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { extractObjects } from '../../config/extract-objects.js';
import { agreementPage, agreementTsv } from '../../report/pages/agreement.js';
import { readForeignRuns } from '../../results/foreign-runs.js';
import { readRunJson } from '../../results/run-json.js';
import { agreementRows } from '../../verdict/agreement-rows.js';
import { differingAnswers } from '../../verdict/same-answers.js';

/**
 * What scripts/compare-objects and scripts/compare-hosts do with files; they bundle it themselves, and no command of
 * bpf-matrix reads it.
 *
 *   extract TREES OUT    copies each BPF object below TREES/PACKAGE once to OUT/NAME.bpf.o, and lists them on stdout
 *   table RUNS FILE      holds the runs below RUNS against each other; the whole table goes to FILE
 *   hosts ONE OTHER      says what two run.json answer differently
 */
async function compareObjects([step, from = '', to = '']: readonly string[]): Promise<number> {
  if (step === 'extract') return extract(from, to);
  if (step === 'table') return table(from, to);
  if (step === 'hosts') return hosts(from, to);
  process.stderr.write('usage: extract TREES OUT | table RUNS FILE | hosts ONE OTHER\n');
  return 2;
}

async function extract(trees: string, out: string): Promise<number> {
  for (const { name, sha256, path, note } of await extractObjects(trees, out)) {
    process.stdout.write(`${[name, sha256, path, note].join('\t')}\n`);
  }
  return 0;
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
  // What was not asked there any more is no answer.
  const broken = [left, right].flatMap(({ host, kernels }) =>
    kernels.filter(({ status }) => status !== 'ran').map(({ id, status }) => `${id}: ${status} with QEMU ${host.qemu}`),
  );
  for (const line of broken) process.stdout.write(`${line}\n`);
  const programs = left.kernels.flatMap((kernel) =>
    kernel.status === 'unavailable' ? [] : kernel.objects.flatMap((object) => object.programs),
  );
  process.stdout.write(`${programs.length} program results, ${differing.length} answers differ\n`);
  return programs.length === 0 || differing.length > 0 || broken.length > 0 ? 1 : 0;
}

process.exitCode = await compareObjects(process.argv.slice(2));
