// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { describeSchemaIssue, valueAtIssue } from '../../../model/schema-issue.js';

function described(schema: z.ZodType, value: unknown): string {
  const { error } = schema.safeParse(value);
  const [issue] = error?.issues ?? [];
  if (issue === undefined) throw new Error('it fits');
  return describeSchemaIssue(issue, valueAtIssue(value, issue));
}

const one = z.strictObject({ kind: z.literal('one'), count: z.number().int().min(1).max(9) });
const other = z.strictObject({ kind: z.literal('other') });

describe('what is wrong with a value is a plain sentence', () => {
  it.each([
    [one, { kind: 'one' }, 'is missing'],
    [one, { kind: 'one', count: 'two' }, 'expected a number, found "two"'],
    [one, { kind: 'one', count: null }, 'expected a number, found null'],
    [one, { kind: 'one', count: [1, 2] }, 'expected a number, found a list'],
    [one, { kind: 'one', count: 1.5 }, 'expected a whole number, found 1.5'],
    [one, { kind: 'one', count: 0 }, 'expected at least 1, found 0'],
    [one, { kind: 'one', count: 10 }, 'expected at most 9, found 10'],
    [one, { kind: 'one', count: 1, more: true }, "there is no field 'more'"],
    [one, { kind: 'two', count: 1 }, 'expected one, found "two"'],
    [z.discriminatedUnion('kind', [one, other]), { kind: 'none' }, 'expected one of one, other, found "none"'],
    [z.union([z.number(), z.boolean()]), 'x', 'does not fit: "x"'],
    [z.array(z.string()).min(1), [], 'expected at least 1 items, found a list'],
    [z.string().startsWith('/'), 'etc', 'expected a text that begins with /, found "etc"'],
    [z.string().min(1, 'a name'), '', 'a name'],
    [z.record(z.string().regex(/^a/, 'a key with an a'), z.string()), { b: 'x' }, 'a key with an a'],
    [z.string().refine((text) => text === 'x', 'Invalid, says its author'), 'y', 'Invalid, says its author'],
  ])('%#: %j', (schema, value, text) => {
    expect(described(schema, value)).toBe(text);
  });
});
