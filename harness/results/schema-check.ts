// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { checkClasses, checkCodes, environments } from '../model/check.js';
import { infraCauses } from '../model/verdict.js';
import { count, start } from './schema-scalars.js';

const outcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pass'), detail: z.string().exactOptional() }),
  z.strictObject({
    kind: z.literal('fail'),
    code: z.enum(checkCodes),
    expected: z.string(),
    actual: z.string(),
    evidence: z.array(z.string()),
  }),
  z.strictObject({ kind: z.literal('gained'), detail: z.string() }),
  z.strictObject({ kind: z.literal('not-offered'), by: z.enum(['agent', 'kernel']), detail: z.string() }),
  z.strictObject({ kind: z.literal('unproved'), detail: z.string(), phase: z.string().exactOptional() }),
]);

const check = z.strictObject({
  class: z.enum(checkClasses),
  environment: z.enum(environments),
  scenario: z.string(),
  check: z.string(),
  attempt: z.string().nullable(),
  outcome,
});

export const scenarioReport = z.strictObject({
  contract: z.string(),
  environment: z.enum(environments),
  posture: z.string().nullable(),
  checks: z.array(check),
  fault: z
    .strictObject({
      cause: z.enum(infraCauses),
      message: z.string(),
      next: z.string(),
      consoleTail: z.array(z.string()),
    })
    .nullable(),
  cmdline: z.string(),
  console: z.string().nullable(),
  bootMs: count.nullable(),
  start: start.nullable(),
  ms: count,
});
