// SPDX-License-Identifier: Apache-2.0
import { type ZodType, type z } from 'zod';
import { UsageError } from '../model/errors.js';
import { describeJsonFault } from '../proc/json.js';
import { readRegularText } from '../proc/regular-file.js';
import { describeSchemaIssue, valueAtIssue } from '../model/schema-issue.js';

/** Bytes; the lock has 7 KiB. */
const sizeLimit = 2 ** 20;
const next = 'Correct the file, or restore it from the repository.';

/**
 * Reads a JSON file and checks its shape.
 * @throws UsageError with file and place (`kernels[3].suites[0]`, or line and column) when it does not fit.
 */
export async function readDataFile<S extends ZodType>(path: string, schema: S): Promise<z.output<S>> {
  const text = await readRegularText(path, sizeLimit).catch((error: unknown) => {
    throw new UsageError({ message: `${path}: cannot be read: ${(error as Error).message}`, next, cause: error });
  });
  const value = parseJson(path, text);
  const result = parsedBy(path, schema, value);
  if (result.success) return result.data;
  const places = result.error.issues.map(
    (issue) => `${pathText(issue.path)}: ${describeSchemaIssue(issue, valueAtIssue(value, issue))}`,
  );
  throw new UsageError({
    message: `${path}: ${places.join('; ')}`,
    next,
    cause: result.error,
  });
}

/** Of `{"length":{"toString":1}}` zod wants to know whether it is long enough, and breaks. */
function parsedBy<S extends ZodType>(path: string, schema: S, value: unknown): z.ZodSafeParseResult<z.output<S>> {
  try {
    return schema.safeParse(value);
  } catch (cause) {
    throw new UsageError({ message: `${path}: an object of it has the keys of something else`, next, cause });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError({ message: `${path}: not JSON: ${describeJsonFault(text)}`, next, cause: error });
  }
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'top level';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`))
    .join('');
}
