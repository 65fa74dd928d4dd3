// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';
import { describeJsonValue } from '../model/describe-value.js';
import { describeSchemaIssue, valueAtIssue } from '../model/schema-issue.js';

const shown = 3;

/** `kernels[0].boot.accel` for a path of keys and indexes; `the top level` for the empty one. */
function jsonPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'the top level' : text.replace(/^\./, '');
}

/** The first faults in one line, each with its place: `at kernels[0].ms: expected number, found nothing`. */
export function describeSchemaIssues(error: z.ZodError, value: unknown): string {
  const issues = error.issues.slice(0, shown).map((issue) => describe(issue, value));
  const rest = error.issues.length - issues.length;
  return issues.join('; ') + (rest > 0 ? `; and ${rest} more` : '');
}

function describe(issue: z.core.$ZodIssue, value: unknown): string {
  const place = `at ${jsonPath(issue.path)}`;
  if (issue.code === 'unrecognized_keys') return `${place}: unknown field ${issue.keys.join(', ')}`;
  const found = valueAtIssue(value, issue);
  if (found === undefined) return `${place}: missing`;
  const what = describeSchemaIssue(issue, found);
  return `${place}: ${what}${what.includes('found') ? '' : ` (found ${describeJsonValue(found)})`}`;
}
