// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { checkClasses, environments } from '../model/check.js';
import { failureCodes } from '../model/verdict.js';
import { count } from './schema-scalars.js';

const place = {
  class: z.enum(checkClasses),
  environment: z.enum(environments),
  scenario: z.string(),
  check: z.string(),
};

const firstAttempt = z.strictObject({
  ...place,
  attempt: z.string().nullable(),
  expected: z.string(),
  actual: z.string(),
  evidence: z.array(z.string()),
});

export const finding = z.strictObject({
  contract: z.string().nullable(),
  code: z.enum(failureCodes),
  title: z.string(),
  environments: z.array(z.enum(environments)),
  classes: z.array(z.enum(checkClasses)),
  hook: z.string().nullable(),
  candidates: z.array(z.string()),
  rule: z.string().nullable(),
  program: z.string().nullable(),
  first: firstAttempt.nullable(),
  eventClaim: z.string().nullable(),
  eventWord: z.string().nullable(),
  next: z.string(),
  doc: z.string(),
  rerun: z.array(z.string()),
  checks: count,
  byClass: z.array(z.strictObject({ class: z.enum(checkClasses), count })),
  folded: z.array(z.strictObject({ code: z.enum([...failureCodes, 'unproved']), count })),
  refs: z.array(z.strictObject(place)),
});
