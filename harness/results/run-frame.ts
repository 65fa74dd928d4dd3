// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../model/errors.js';
import type { KernelCosts } from '../model/blame.js';
import type { Flake } from '../model/history.js';
import type { KernelId } from '../model/kernel.js';
import type { Manifest, StatLimits } from '../model/manifest.js';
import type { RunReport } from '../model/report.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { kernelCosts } from './cost-baseline.js';
import { evidenceSchema } from './evidence-store.js';
import { describeSchemaIssues } from './issues.js';
import { readJsonFile } from './json-file.js';
import { manifestFile, statLimits } from './manifest-schema.js';
import { upgradedFrame } from './older-schema.js';
import { frameFields } from './schema.js';

/** What a run was compared with, the manifests themselves included: a baseline may have moved on since. */
export interface StoredBaseline {
  readonly folder: string;
  readonly scope: 'whole' | 'part';
  readonly named: boolean;
  /** Was it rewritten by this run. */
  readonly update: boolean;
  readonly limits: StatLimits;
  /** Null where there was nothing to compare with. */
  readonly manifests: readonly Manifest[] | null;
  /** What its runs spent on lines; absent where that was never written. */
  readonly costs?: readonly KernelCosts[];
}

/** Commands whose runs are stored. */
const commandNames = ['run', 'command', 'compare', 'bisect'] as const;
export type CommandName = (typeof commandNames)[number];

/** All of a run's report that does not come from the answers of its kernels. */
export type RunConditions = Omit<RunReport, 'schema' | 'kernels' | 'support' | 'findings' | 'exitCode'>;

/** What is stored of a run beside the answers of its kernels. */
export interface RunFrame extends RunConditions {
  readonly schema: typeof evidenceSchema;
  readonly command: CommandName;
  /** In the order they were asked for. */
  readonly kernels: readonly KernelId[];
  /** Null where that was no question. */
  readonly baseline: StoredBaseline | null;
  /** What a history said of it; absent in runs of older versions. */
  readonly flakes?: readonly Flake[] | undefined;
}

const flake = z.strictObject({
  kernel: z.string(),
  session: z.string(),
  inputs: z.string(),
  now: z.string(),
  before: z.string(),
  on: z.iso.datetime(),
});

const frameSchema = z.strictObject({
  schema: z.literal(evidenceSchema),
  command: z.enum(commandNames),
  kernels: z.array(z.string()),
  baseline: z
    .strictObject({
      folder: z.string(),
      scope: z.enum(['whole', 'part']),
      named: z.boolean(),
      update: z.boolean(),
      limits: statLimits,
      manifests: z.array(manifestFile).nullable(),
      costs: z.array(kernelCosts).exactOptional(),
    })
    .nullable(),
  flakes: z.array(flake).optional(),
  ...frameFields,
});

const frameName = 'evidence/run.json';

/** Writes `evidence/run.json`, whole or not at all. */
export function writeRunFrame(out: string, frame: RunFrame): Promise<void> {
  const value = frameSchema.parse(frame);
  return writeFileAtomic(join(out, frameName), `${JSON.stringify(value, null, 2)}\n`);
}

/** @throws UsageError naming the file and the place in it. */
export async function readRunFrame(out: string): Promise<RunFrame> {
  const path = join(out, frameName);
  const next = 'name the report folder of a finished run; runs of older versions stored no evidence';
  const value = await readJsonFile(path, next);
  const parsed = frameSchema.safeParse(upgradedFrame(value));
  if (!parsed.success) throw new UsageError({ message: `${path}: ${describeSchemaIssues(parsed.error, value)}`, next });
  return parsed.data;
}
