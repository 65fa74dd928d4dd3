// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../model/errors.js';
import { type ManifestDiff, noteKinds } from '../model/manifest.js';
import { manifestCodes } from '../model/verdict.js';
import { describeJsonFault } from '../proc/json.js';
import { describeSchemaIssues } from './issues.js';
import { readInside } from './read-inside.js';
import { blame } from './schema-blame.js';
import { asserted } from './schema-scalars.js';

export const manifestDiffName = 'manifest-diff.json';

/** A run beside its baseline, as a report folder has it. */
export interface StoredManifestDiff {
  /** The folder of the baseline. */
  readonly baseline: string;
  readonly kernels: readonly ManifestDiff[];
}

const schema = z.strictObject({
  schema: z.literal(1),
  baseline: z.string(),
  kernels: z.array(
    z.strictObject({
      kernel: z.string(),
      skipped: z.string().nullable(),
      changes: z.array(
        z.strictObject({
          kind: z.enum([...manifestCodes, ...noteKinds]),
          item: z.string(),
          before: z.string(),
          now: z.string(),
          blame: blame.exactOptional(),
        }),
      ),
      updated: z.boolean(),
    }),
  ),
});

/** The bytes of `manifest-diff.json`. */
export function renderManifestDiffJson({ baseline, kernels }: StoredManifestDiff): string {
  return `${JSON.stringify({ schema: 1, baseline, kernels }, null, 2)}\n`;
}

/** That of a report folder; null where nothing was compared. @throws UsageError naming the file and the place in it. */
export async function readManifestDiff(dir: string): Promise<StoredManifestDiff | null> {
  const bytes = await readInside(dir, manifestDiffName);
  if (bytes === null) return null;
  const path = join(dir, manifestDiffName);
  const value = parsed(path, bytes.toString('utf8'));
  const checked = schema.safeParse(value);
  if (checked.success) return asserted<StoredManifestDiff>(checked.data);
  throw damaged(path, describeSchemaIssues(checked.error, value), checked.error);
}

function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(path, `not JSON: ${describeJsonFault(text)}`, cause);
  }
}

function damaged(path: string, message: string, cause: unknown): UsageError {
  return new UsageError({
    message: `${path}: ${message}`,
    next: 'the file was edited or written by another version; run the matrix again to make a new one',
    cause,
  });
}
