// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { causeIds } from '../model/cause.js';
import { ladderStepNames } from '../model/evidence.js';
import { loaderNames, mapAttributes } from '../model/needs.js';
import { ladderStages } from '../model/report.js';
import { supportShapes } from '../model/support.js';
import { failureCodes, programCodes } from '../model/verdict.js';
import { count, countOrNull, sha256 } from './schema-scalars.js';
import { verdict } from './schema-verdict.js';

const sourceLine = z.strictObject({ file: z.string(), line: count, text: z.string() });
const explanation = z.strictObject({
  errno: z.string(),
  decidingLine: z.string(),
  source: sourceLine.nullable(),
  origin: sourceLine.nullable(),
  log: z.string().nullable(),
  cause: z.enum(causeIds).nullable(),
  explanation: z.string().nullable(),
  hint: z.string().nullable(),
  page: z.string().nullable(),
  path: z.array(z.strictObject({ insn: count, source: sourceLine.nullable(), state: z.string() })),
  excerpt: z.array(sourceLine),
  ladder: z
    .strictObject({
      stage: z.enum(ladderStages),
      tried: z.array(
        z.strictObject({
          step: z.enum(ladderStepNames),
          detail: z.string(),
          errno: z.string().nullable(),
          logBytes: count,
        }),
      ),
    })
    .nullable(),
});
const failed = z.strictObject({ kind: z.literal('failed'), code: z.enum(failureCodes), why: explanation });
const loaded = z.strictObject({ kind: z.literal('loaded') });
const notTried = z.strictObject({ kind: z.literal('not-tried') });

const stats = z.strictObject({
  insns: countOrNull,
  totalStates: countOrNull,
  peakStates: countOrNull,
  maxStatesPerInsn: countOrNull,
  markRead: countOrNull,
  verificationTime: countOrNull,
  stackDepth: countOrNull,
  jitedSize: countOrNull,
  xlatedSize: countOrNull,
});

const cost = z.strictObject({
  program: z.string(),
  logErrno: count,
  logBytes: count,
  insns: countOrNull,
  counted: count,
  totalStates: countOrNull,
  peakStates: countOrNull,
  lines: z.array(
    z.strictObject({
      function: z.string(),
      file: z.string(),
      line: count,
      text: z.string(),
      insns: count,
      visits: count,
      passes: count,
      pruned: count,
    }),
  ),
});

const expected = z.discriminatedUnion('expect', [
  z.strictObject({ expect: z.literal(['optional', 'required']), reason: z.string() }),
  z.strictObject({
    expect: z.literal('fails'),
    code: z.enum(programCodes).nullable(),
    reason: z.string(),
    outcome: z.enum(['holds', 'other-code', 'passes', 'undecided']),
  }),
]);

const program = z.strictObject({
  name: z.string(),
  section: z.string(),
  type: z.string(),
  optional: z.boolean(),
  expected: expected.nullable(),
  load: z.discriminatedUnion('kind', [loaded, failed]),
  attach: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('attached'), place: z.string().nullable() }),
    z.strictObject({ kind: z.literal('unattachable'), reason: z.string() }),
    notTried,
    failed,
  ]),
  stats: stats.nullable(),
  cost: cost.exactOptional(),
  verdict,
});

/** The same in a manifest. */
export const map = z.strictObject({
  name: z.string(),
  type: z.string(),
  keySize: count,
  valueSize: count,
  maxEntries: count,
  error: z.string().nullable(),
});

export const objectReport = z.strictObject({
  object: z.string(),
  verdict,
  programs: z.array(program),
  maps: z.array(map),
  whole: z.discriminatedUnion('kind', [loaded, failed, notTried]),
  partial: z
    .strictObject({
      withoutPrograms: z.array(z.string()),
      withoutMaps: z.array(z.string()),
      load: z.discriminatedUnion('kind', [loaded, failed]),
    })
    .exactOptional(),
  conditions: z
    .strictObject({
      loader: z.enum(loaderNames),
      given: z.array(z.string()),
      differences: z.array(
        z.strictObject({ map: z.string(), attribute: z.enum(mapAttributes), libbpf: count, ebpfGo: count }),
      ),
    })
    .exactOptional(),
});

const kernels = z.array(z.string());

export const programSupport = z.strictObject({
  object: z.string(),
  program: z.string(),
  shape: z.enum(supportShapes),
  oldest: z.string().nullable(),
  stretches: z.array(
    z.discriminatedUnion('answer', [
      z.strictObject({ answer: z.literal('taken'), kernels }),
      z.strictObject({ answer: z.literal('unknown'), kernels }),
      z.strictObject({
        answer: z.literal('refused'),
        kernels,
        code: z.enum(failureCodes),
        cause: z.enum(causeIds).nullable(),
        decidingLine: z.string(),
        source: sourceLine.nullable(),
      }),
    ]),
  ),
});

const objectBuild = {
  file: z.string(),
  sha256,
  size: count,
  compiler: z.string().nullable(),
  sections: z.array(z.string()),
};

export const objectIdentity = z.strictObject({
  name: z.string(),
  ...objectBuild,
  architecture: z.string().exactOptional(),
  builds: z.array(z.strictObject({ ...objectBuild, architecture: z.string() })).exactOptional(),
});

const agentBuild = { file: z.string(), sha256, libraries: z.array(z.string()) };

export const agentIdentity = z.strictObject({
  name: z.string(),
  ...agentBuild,
  contract: z.string().exactOptional(),
  object: sha256.exactOptional(),
  architecture: z.string().exactOptional(),
  builds: z
    .array(z.strictObject({ ...agentBuild, object: sha256.exactOptional(), architecture: z.string() }))
    .exactOptional(),
});
