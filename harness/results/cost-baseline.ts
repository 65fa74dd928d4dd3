// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import { type KernelCosts, kernelCostsSchema } from '../model/blame.js';
import { UsageError } from '../model/errors.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { describeSchemaIssues } from './issues.js';
import { baselineNames, readJsonFile } from './json-file.js';
import { manifestName } from './paths.js';
import { count } from './schema-scalars.js';

/** Folder of a baseline for what the verifier spent on lines. */
const folderName = 'costs';

export const kernelCosts = z.strictObject({
  schema: z.literal(kernelCostsSchema),
  kernel: z.string(),
  programs: z.array(
    z.strictObject({
      object: z.string(),
      program: z.string(),
      insns: count,
      lines: z.array(
        z.strictObject({ function: z.string(), file: z.string(), line: count, text: z.string(), visits: count }),
      ),
      unnamed: count,
    }),
  ),
});

/** Writes `costs/<kernel>.json`, a line a program, into the folder of a baseline. */
export function writeKernelCosts(folder: string, costs: KernelCosts): Promise<void> {
  const { programs, ...head } = kernelCosts.parse(costs);
  const rows = programs.map((program) => `    ${JSON.stringify(program)}`).join(',\n');
  const text = `${JSON.stringify({ ...head }).slice(0, -1)},"programs":[\n${rows}\n]}\n`;
  return writeFileAtomic(join(folder, folderName, manifestName(costs.kernel, undefined)), text);
}

/** Those of a baseline, by kernel; none where it has none. @throws UsageError naming the file and the place in it. */
export async function readKernelCosts(folder: string): Promise<readonly KernelCosts[]> {
  const place = join(folder, folderName);
  const names = (await baselineNames(place)) ?? [];
  return Promise.all(names.map((name) => readCosts(join(place, name))));
}

async function readCosts(path: string): Promise<KernelCosts> {
  const next =
    'write it again with a whole run and --update, or remove it: regressions are then found and not blamed on lines';
  const value = await readJsonFile(path, next);
  const parsed = kernelCosts.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError({ message: `${path}: ${describeSchemaIssues(parsed.error, value)}`, next });
}
