// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { hashFile } from '../../kernels/cache/hash.js';
import type { ShardPlan } from '../../model/shard.js';
import { probePrograms } from '../../scenarios/probe.js';
import type { PickedProof } from '../../scenarios/pick.js';
import { kernelTarget } from '../../model/kernel-name.js';
import { builtFor } from '../../config/libbpf.js';
import type { MatrixOptions } from '../matrix.js';
import { dataDigest } from '../reuse/digest.js';
import { proofAsData } from '../reuse/inputs.js';
import { sessionCode } from '../reuse/session-code.js';

/** What of a run all its shards have to agree about. */
export type AskedOptions = Pick<
  MatrixOptions,
  | 'kernels'
  | 'objects'
  | 'agents'
  | 'only'
  | 'lsm'
  | 'append'
  | 'memory'
  | 'timeout'
  | 'repeat'
  | 'programs'
  | 'withoutCapabilities'
  | 'expectations'
  | 'costs'
  | 'accel'
  | 'backend'
  | 'available'
  | 'frozen'
  | 'given'
  | 'built'
>;

/** Programs of ours that go into each guest. */
const ownFiles = ['guest/init', ...Object.values(probePrograms).map(({ name }) => `probe/${name}`)];

/**
 * All that the answers of a shard, and what is made of them, depend on, so that shards which do not belong together are not
 * merged, and it is said what they differ in. Not in it: the host, QEMU and Node.js, which may differ, and are said.
 */
export async function askedOf(
  run: AskedOptions,
  { proofs, baseline }: { readonly proofs: readonly PickedProof[]; readonly baseline: unknown },
): Promise<ShardPlan['asked']> {
  const targets = [...new Set(run.kernels.map(({ id }) => kernelTarget(id)))];
  const own = targets.flatMap((target) => ownFiles.map((file) => join(builtFor(target, run.built), file)));
  // Where one is not built no guest of its architecture is started.
  const programs = await Promise.all(own.map((file) => hashFile(file).catch(() => 'not built')));
  return {
    kernels: run.kernels.map(({ id }) => id).join(','),
    objects: run.objects.map(objectText).join(', ') || 'none',
    agents: run.agents.map((agent) => `${agent.identity.name} ${digest(agent)}`).join(', ') || 'none',
    classes: typeof run.only === 'string' ? run.only : [...run.only].sort().join(','),
    scenarios: digest(targets.map((target) => proofs.map((proof) => proofAsData(proof, target)))),
    expectations: digest(run.expectations),
    baseline: digest(baseline),
    '--cost': digest(run.costs),
    code: (await sessionCode())?.slice(0, 12) ?? 'not bundled',
    'programs for the guest': digest(programs),
    flags: run.given.join(' '),
    ...optionTexts(run),
  };
}

function objectText({ identity, needs, targets = [] }: AskedOptions['objects'][number]): string {
  return `${identity.name} ${digest({ object: identity.sha256, needs, targets: targets.map(({ sha256 }) => sha256) })}`;
}

/** By the flag that decides each. */
function optionTexts(run: AskedOptions): Readonly<Record<string, string>> {
  return {
    '--lsm': run.lsm.join(','),
    '--append': run.append.join(' '),
    '--memory': `${run.memory}`,
    '--timeout': `${run.timeout / 1000}s`,
    '--repeat': `${run.repeat}`,
    '--program': run.programs?.join(',') ?? 'all',
    '--without-capability': run.withoutCapabilities.join(',') || 'none',
    '--accel': run.accel,
    '--backend': run.backend.kind,
    '--available': `${run.available}`,
    '--frozen': `${run.frozen}`,
  };
}

const digest = (value: unknown): string => dataDigest(value).slice(0, 12);
