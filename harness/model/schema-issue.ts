// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';
import { describeJsonValue } from './describe-value.js';

type Issue = z.core.$ZodIssue;

/** The value at the place of an issue; undefined where there is none. */
export function valueAtIssue(value: unknown, { path }: Pick<Issue, 'path'>): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

/** What is wrong with a value, in a plain sentence without its place: `expected a number, found "x"`, `is missing`. */
export function describeSchemaIssue(issue: Issue, found: unknown): string {
  // The place already ends in the key; what is wrong with it is one level down.
  const inner = issue.code === 'invalid_key' ? issue.issues[0] : undefined;
  if (inner !== undefined) return describeSchemaIssue(inner, found);
  if (isOwn(issue)) return issue.message;
  const missing = found === undefined && issue.code !== 'unrecognized_keys';
  return missing ? 'is missing' : describe(issue, describeJsonValue(found));
}

/** A message that a schema of ours gives; what zod says by itself begins with one of its own words. */
function isOwn({ code, message }: Issue): boolean {
  return code === 'custom' || !/^(?:Invalid|Too (?:small|big)|Unrecognized)\b/.test(message);
}

function describe(issue: Issue, found: string): string {
  if (issue.code === 'unrecognized_keys') return `there is no field ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  const expected = expectationOf(issue);
  return expected === null ? `does not fit: ${found}` : `expected ${expected}, found ${found}`;
}

/** What may stand in a place; null where that is not to be said in a few words. */
function expectationOf(issue: Issue): string | null {
  switch (issue.code) {
    case 'invalid_type':
      return typeName(issue.expected);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return `at least ${String(issue.minimum)}${unitOf(issue.origin)}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}${unitOf(issue.origin)}`;
    case 'invalid_format':
      return formatName(issue);
    case 'not_multiple_of':
      return `a multiple of ${String(issue.divisor)}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options) ? oneOf(issue.options) : null;
    default:
      return null;
  }
}

function typeName(type: string): string {
  if (type === 'int') return 'a whole number';
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** Values named of those that may stand in a place. */
const shownValues = 12;

function oneOf(values: readonly unknown[]): string {
  const [only] = values;
  if (values.length === 1) return String(only);
  const more = values.length > shownValues ? `, ${values.length - shownValues} more` : '';
  return `one of ${values.slice(0, shownValues).map(String).join(', ')}${more}`;
}

/** Of what there are too few: characters of a text, items of a list. */
function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' ? ' items' : '';
}

function formatName(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  if (issue.format === 'starts_with' && 'prefix' in issue) return `a text that begins with ${String(issue.prefix)}`;
  if (issue.format === 'regex' && 'pattern' in issue) return `a text like ${issue.pattern}`;
  return issue.format;
}
