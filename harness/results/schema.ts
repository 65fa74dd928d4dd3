// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { capabilities } from '../model/capability.js';
import { ExitCode } from '../model/exit-code.js';
import { expectKinds } from '../model/expectation.js';
import { reportSchema, type RunReport } from '../model/report.js';
import { programCodes } from '../model/verdict.js';
import { blamedPlace } from './schema-blame.js';
import { kernelReport } from './schema-kernel.js';
import { agentIdentity, objectIdentity, programSupport } from './schema-object.js';
import { accelerator, asserted, count } from './schema-scalars.js';
import { brokenVerdict } from './schema-verdict.js';

const tool = z.strictObject({ name: z.string(), version: z.string() });
const timing = { started: z.iso.datetime(), ms: count };
const conditions = {
  options: z.strictObject({
    available: z.boolean(),
    frozen: z.boolean(),
    jobs: count,
    accel: z.enum(['auto', ...accelerator.options]),
    withoutCapabilities: z.array(z.enum(capabilities)),
    given: z.array(z.string()),
    programs: z.array(z.string()).nullable(),
  }),
  host: z.strictObject({
    node: z.string(),
    qemu: z.string().nullable(),
    accel: accelerator.nullable(),
    kvm: z.string().optional(),
  }),
  notices: z.array(z.string()),
};
const expectations = z.strictObject({
  scope: z.enum(['whole', 'part']),
  entries: z.array(
    z.strictObject({
      object: z.string(),
      program: z.string(),
      kernels: z.string().nullable(),
      expect: z.enum(expectKinds),
      code: z.enum(programCodes).nullable(),
      reason: z.string(),
      cause: z.literal('no-direct-calls').exactOptional(),
    }),
  ),
});
const tested = {
  objects: z.array(objectIdentity),
  agent: agentIdentity.nullable(),
  others: z.array(agentIdentity),
  expectations,
};

/** What of a run stands beside its kernels' answers. */
export const frameFields = { tool, ...timing, ...conditions, ...tested };

/** `run.json`. Strict at every level: a field nobody knows is an error. Parsing puts the keys in this order. */
export const runSchema = z.strictObject({
  schema: z.literal(reportSchema),
  tool,
  exitCode: z.literal(Object.values(ExitCode)),
  ...timing,
  ...conditions,
  findings: z.array(
    z.strictObject({ verdict: brokenVerdict, message: z.string(), blamed: z.array(blamedPlace).exactOptional() }),
  ),
  ...tested,
  kernels: z.array(kernelReport),
  support: z.array(programSupport),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
type Parsed = DeepReadonly<z.infer<typeof runSchema>>;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

/** Does not compile when the schema and the model drift apart. */
asserted<Same<Parsed, RunReport>>(true);
