// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';

/*
 * `junit.xml` as the XML parser gives it: attributes by `@_name`, text by `#text`, children by their tags. Strict: what
 * the JUnit reporter never writes is damage, or another tool's file.
 */

/** Line breaks and indentation between elements. */
const layout = z.string().regex(/^\s*$/, 'text where elements belong').optional();
const seconds = z
  .string()
  .regex(/^\d+\.\d{3}$/, 'no seconds with three decimals')
  .transform(Number);
const count = z.string().regex(/^\d+$/, 'no count').transform(Number);
const line = z
  .string()
  .regex(/^[1-9]\d*$/, 'no line number')
  .transform(Number);

const counts = { '@_tests': count, '@_failures': count, '@_errors': count, '@_skipped': count };
const fault = z.strictObject({ '@_message': z.string(), '@_type': z.string().min(1), '#text': z.string().default('') });

// What is optional below, and has no comment, was written before the root was bare, or is written since.
const testcase = z
  .strictObject({
    '@_classname': z.string(),
    '@_name': z.string(),
    '@_time': seconds,
    '@_file': z.string().optional(),
    '@_line': line.optional(),
    skipped: z.strictObject({ '@_message': z.string() }).optional(),
    failure: fault.optional(),
    error: fault.optional(),
    '#text': layout,
  })
  .refine((one) => (one['@_file'] === undefined) === (one['@_line'] === undefined), 'file and line come together')
  .refine(
    ({ skipped, failure, error }) => [skipped, failure, error].filter((one) => one !== undefined).length <= 1,
    'more than one result',
  );

const testsuite = z.strictObject({
  '@_name': z.string(),
  '@_package': z.literal('').optional(),
  '@_id': count.optional(),
  '@_hostname': z.literal('localhost').optional(),
  ...counts,
  '@_time': seconds,
  '@_timestamp': z.iso.datetime({ local: true, precision: 0 }),
  properties: z
    .strictObject({
      property: z.array(z.strictObject({ '@_name': z.string().min(1), '@_value': z.string() })).min(1),
      '#text': layout,
    })
    .optional(),
  testcase: z.array(testcase).default([]),
  'system-out': z.string().optional(),
  'system-err': z.literal('').optional(),
  '#text': layout,
});

export const junitDocument = z.strictObject({
  '?xml': z.strictObject({ '@_version': z.literal('1.0'), '@_encoding': z.literal('UTF-8') }),
  // An element with nothing in it.
  testsuites: z.preprocess(
    (value) => (value === '' ? {} : value),
    z.strictObject({
      '@_name': z.string().min(1).optional(),
      '@_tests': count.optional(),
      '@_failures': count.optional(),
      '@_errors': count.optional(),
      '@_skipped': count.optional(),
      '@_time': seconds.optional(),
      testsuite: z.array(testsuite).default([]),
      '#text': layout,
    }),
  ),
  '#text': layout,
});

/** Tags that are lists, however many there are. */
export const junitLists: ReadonlySet<string> = new Set(['testsuite', 'testcase', 'property']);

export type CaseElement = z.output<typeof testcase>;
export type SuiteElement = z.output<typeof testsuite>;
export type RootElement = z.output<typeof junitDocument>['testsuites'];
export type CountAttributes = Pick<RootElement, '@_tests' | '@_failures' | '@_errors' | '@_skipped'>;
