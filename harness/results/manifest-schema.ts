// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { checkClasses, environments } from '../model/check.js';
import { type Manifest, manifestSchema } from '../model/manifest.js';
import { failureCodes } from '../model/verdict.js';
import { source } from './schema-kernel.js';
import { map } from './schema-object.js';
import { asserted, countOrNull, sha256 } from './schema-scalars.js';

const stats = z.strictObject({
  insns: countOrNull,
  totalStates: countOrNull,
  peakStates: countOrNull,
  maxStatesPerInsn: countOrNull,
  markRead: countOrNull,
  stackDepth: countOrNull,
  jitedSize: countOrNull,
  xlatedSize: countOrNull,
});

const program = z.strictObject({
  name: z.string(),
  section: z.string(),
  target: z.string().nullable(),
  required: z.boolean(),
  load: z.enum(['loaded', ...failureCodes]),
  attach: z.enum(['attached', 'unattachable', 'not-tried', ...failureCodes]),
  stats: stats.nullable(),
});

const agent = z.strictObject({ name: z.string(), sha256 });

/** Strict at every level, as `run.json` is. Parsing puts the keys in this order. */
export const manifestFile = z.strictObject({
  schema: z.literal(manifestSchema),
  contract: z.string().exactOptional(),
  kernel: z.strictObject({
    id: z.string(),
    source,
    package: z.string().nullable(),
    version: z.string().nullable(),
    release: z.string(),
    imageSha256: sha256,
    configSha256: sha256.nullable(),
    btfSha256: sha256.nullable(),
  }),
  agent: agent.nullable(),
  objects: z.array(
    z.strictObject({
      name: z.string(),
      sha256,
      compiler: z.string().nullable(),
      whole: z.enum(['loaded', 'not-tried', ...failureCodes]),
      programs: z.array(program),
      maps: z.array(map),
    }),
  ),
  postures: z.array(
    z.strictObject({
      contract: z.string().exactOptional(),
      environment: z.enum(environments),
      posture: z.string().nullable(),
    }),
  ),
  scenarios: z.array(
    z.strictObject({
      contract: z.string().exactOptional(),
      environment: z.enum(environments),
      class: z.enum(checkClasses),
      scenario: z.string(),
      verdict: z.string(),
    }),
  ),
});

const statLimit = z.strictObject({ percent: z.number(), floor: z.number() });

/** How much a run was allowed to grow. */
export const statLimits = z.strictObject({
  insns: statLimit,
  states: statLimit,
  programs: z.record(
    z.string(),
    z.strictObject({ insns: statLimit.exactOptional(), states: statLimit.exactOptional() }),
  ),
});

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;

/** Does not compile when the schema and the model drift apart. */
asserted<Same<DeepReadonly<z.infer<typeof manifestFile>>, Manifest>>(true);
