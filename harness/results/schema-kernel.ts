// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { familyNames } from '../kernels/families.js';
import { checkClasses } from '../model/check.js';
import { lockStates } from '../model/kernel.js';
import { infraCauses, unavailableReasons } from '../model/verdict.js';
import { scenarioReport } from './schema-check.js';
import { finding } from './schema-finding.js';
import { objectReport } from './schema-object.js';
import { accelerator, count, dictionary, sha256, start } from './schema-scalars.js';
import { brokenVerdict, unavailableVerdict, verdict } from './schema-verdict.js';

export const source = z.enum([...familyNames, 'file']);

const identity = z.strictObject({
  id: z.string(),
  source,
  suite: z.string().nullable(),
  package: z.string().nullable(),
  version: z.string().nullable(),
  artifacts: z.array(
    z.strictObject({
      package: z.string(),
      version: z.string(),
      architecture: z.string().nullable(),
      sha256,
      size: count.nullable(),
    }),
  ),
  release: z.string().nullable(),
  imageSha256: sha256,
  configSha256: sha256.nullable(),
  modulesSha256: sha256.nullable(),
  lock: z.enum(lockStates),
  pinnedPackage: z.string().nullable(),
  pinnedVersion: z.string().nullable(),
});

const boot = z.strictObject({
  qemu: z.string(),
  accel: accelerator,
  start,
  argv: z.array(z.string()),
  cmdline: z.string(),
  initramfsSha256: sha256,
  modules: z.array(z.string()),
  bootMs: count,
});

const reused = z
  .strictObject({
    sessions: count,
    inPart: z.strictObject({ sessions: count, anew: z.array(z.enum(checkClasses)) }).optional(),
    of: count,
    since: z.iso.datetime(),
  })
  .optional();

const facts = z.strictObject({
  release: z.string(),
  build: z.string(),
  machine: z.string(),
  cmdline: z.string(),
  lsm: z.array(z.string()).nullable(),
  btf: z.strictObject({ sha256, size: count }).nullable(),
  config: z.strictObject({ sha256, options: dictionary }).nullable(),
  libbpf: z.string(),
  memory: count,
  cpus: count,
});

const commandReport = z.strictObject({
  argv: z.array(z.string()),
  end: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('exited'), status: count }),
    z.strictObject({ kind: z.literal('signalled'), signal: count }),
    z.strictObject({ kind: z.literal('timed-out') }),
    z.strictObject({ kind: z.literal('not-started'), errno: count }),
  ]),
  verdict,
  detail: z.string(),
  tail: z.array(z.string()),
  stdout: z.string(),
  stderr: z.string(),
  ms: count,
});

const ran = z.strictObject({
  id: z.string(),
  source,
  status: z.literal('ran'),
  verdict,
  detail: z.string(),
  notes: z.array(z.string()),
  identity,
  boot,
  facts,
  objects: z.array(objectReport),
  reused,
  scenarios: z.array(scenarioReport),
  findings: z.array(finding),
  command: commandReport.nullable(),
  console: z.string(),
  ms: count,
});

const broken = z.strictObject({
  id: z.string(),
  source,
  status: z.literal('broken'),
  verdict: brokenVerdict,
  cause: z.enum(infraCauses),
  detail: z.string(),
  next: z.string(),
  notes: z.array(z.string()),
  identity,
  boot: boot.nullable(),
  facts: facts.nullable(),
  objects: z.array(objectReport),
  reused,
  scenarios: z.array(scenarioReport),
  findings: z.array(finding),
  command: commandReport.nullable(),
  console: z.string().nullable(),
  consoleTail: z.array(z.string()),
  ms: count,
});

const missing = z.strictObject({
  id: z.string(),
  source,
  status: z.literal('unavailable'),
  verdict: unavailableVerdict,
  reason: z.enum(unavailableReasons),
  detail: z.string(),
  tried: z.array(z.string()),
  next: z.string(),
  notes: z.array(z.string()),
});

export const kernelReport = z.discriminatedUnion('status', [ran, broken, missing]);
