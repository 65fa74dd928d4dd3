// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KernelReport } from '../model/report.js';
import { type LoaderAnswers, readLoaderLines, readVeristat } from './loader-answers.js';
import { commandOutputPath } from './paths.js';
import { readRunJson } from './run-json.js';

/** A part of the objects on one kernel, as three loaders saw it. */
export interface ForeignRun {
  readonly kernel: KernelReport;
  readonly veristat: LoaderAnswers;
  readonly loader: LoaderAnswers;
}

/** `FOLDER/KERNEL/PART/{matrix,loader,veristat}`, each a report folder. Throws for one that is not complete. */
export async function readForeignRuns(folder: string): Promise<readonly ForeignRun[]> {
  const runs: ForeignRun[] = [];
  for (const id of await readdir(folder)) {
    for (const part of (await readdir(join(folder, id))).sort()) runs.push(await readRun(join(folder, id, part), id));
  }
  return runs;
}

async function readRun(folder: string, id: string): Promise<ForeignRun> {
  const report = await readRunJson(join(folder, 'matrix', 'run.json'));
  const kernel = report.kernels.find((one) => one.id === id);
  if (kernel === undefined) throw new Error(`${folder}: no kernel ${id} in the report`);
  const output = (loader: string, stream: 'stdout' | 'stderr'): Promise<string> =>
    readFile(join(folder, loader, commandOutputPath(id, stream)), 'utf8');
  return {
    kernel,
    veristat: readVeristat(await output('veristat', 'stdout'), await output('veristat', 'stderr')),
    loader: readLoaderLines(await output('loader', 'stdout')),
  };
}
