// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { describeJsonFault } from '../proc/json.js';
import { readRegularText } from '../proc/regular-file.js';
import { InfraError, UsageError } from '../model/errors.js';
import { reportSchema, type RunReport } from '../model/report.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { describeSchemaIssues } from './issues.js';
import { upgradedRun } from './older-schema.js';
import { runSchema } from './schema.js';

export const runJsonName = 'run.json';

/**
 * The bytes of `run.json`: keys in the schema's order, two-space indent, one final newline. Equal reports give equal
 * bytes. Throws InfraError (HARNESS) for a report that could not be read back, naming the path inside it.
 */
export function renderRunJson(report: RunReport): string {
  const parsed = runSchema.safeParse(report);
  if (!parsed.success) {
    throw new InfraError('HARNESS', {
      message: `the report of this run does not fit its own schema: ${describeSchemaIssues(parsed.error, report)}`,
      next: 'this is a fault of the harness: please report it with this message',
      cause: parsed.error,
    });
  }
  return `${JSON.stringify(parsed.data, null, 2)}\n`;
}

/** Writes `run.json` into a report folder, whole or not at all; returns its path. */
export async function writeRunJson(dir: string, report: RunReport): Promise<string> {
  const path = join(dir, runJsonName);
  await writeFileAtomic(path, renderRunJson(report));
  return path;
}

/**
 * Reads a stored run. `path` is the file itself. Throws UsageError (exit 2) naming the file, the place in it and what
 * to do, for a file that is missing, not JSON, of another schema version, or with a field too few or too many.
 */
export async function readRunJson(path: string): Promise<RunReport> {
  const value = upgradedRun(parseJson(path, await readText(path)));
  checkVersion(path, value);
  const parsed = runSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError({
    message: `${path}: ${describeSchemaIssues(parsed.error, value)}`,
    next: 'the file was edited or written by another tool; run the matrix again to make a new one',
    cause: parsed.error,
  });
}

async function readText(path: string): Promise<string> {
  try {
    return await readRegularText(path);
  } catch (cause) {
    throw new UsageError({
      message: `${path}: cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      next: 'name the run.json of a finished run',
      cause,
    });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError({
      message: `${path}: not JSON: ${describeJsonFault(text)}`,
      next: 'the file is damaged or cut short; run the matrix again to make a new one',
      cause,
    });
  }
}

/** First of all: the other fields mean nothing when the version is another one. */
function checkVersion(path: string, value: unknown): void {
  const version = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (version === reportSchema) return;
  const found = version === undefined ? 'no schema version' : `schema version ${JSON.stringify(version)}`;
  throw new UsageError({
    message: `${path}: at schema: ${found}; this bpf-matrix reads version ${reportSchema}`,
    next: 'read it with the bpf-matrix that wrote it, or run the matrix again',
  });
}
