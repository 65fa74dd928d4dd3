// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { failStages, failureCodes, infraCauses, unavailableReasons } from '../model/verdict.js';

const failure = z.strictObject({
  kind: z.literal('fail'),
  stage: z.enum(failStages),
  code: z.enum(failureCodes),
});
const infra = z.strictObject({ kind: z.literal('infra'), cause: z.enum(infraCauses) });

export const unavailableVerdict = z.strictObject({
  kind: z.literal('unavailable'),
  reason: z.enum(unavailableReasons),
});
export const brokenVerdict = z.discriminatedUnion('kind', [failure, infra]);
export const verdict = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pass') }),
  failure,
  infra,
  unavailableVerdict,
]);
