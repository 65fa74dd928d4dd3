// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { type KernelContext, loadLock, lockEntry, lockEntryOf, writeEntries } from '../../../kernels/index.js';
import { UsageError } from '../../../model/errors.js';
import type { KernelId } from '../../../model/kernel.js';
import type { Manifest } from '../../../model/manifest.js';
import type { RanKernel } from '../../../model/report.js';
import { type Baseline, readBaseline, writeManifest } from '../../../results/manifest.js';
import { readRunJson, runJsonName } from '../../../results/run-json.js';

/**
 * Locks the pending kernels of a finished run as they ran, and takes their manifests into the baseline where it has none of
 * them. Returns what was done, one line each.
 * @throws UsageError for a folder that is no report, or has no pending kernel.
 */
export async function lockFromRun(run: string, baseline: string, context: KernelContext): Promise<readonly string[]> {
  const report = await readRunJson(join(run, runJsonName));
  const pending = report.kernels.filter(
    (one): one is RanKernel => one.status === 'ran' && one.identity.lock === 'pending',
  );
  if (pending.length === 0) {
    throw new UsageError({
      message: `${run}: no kernel of this run was pending`,
      next: 'name the report folder of a run in which one was; kernels list says which are',
    });
  }
  const lock = await loadLock(context.lockPath);
  const fresh = pending.filter(({ id }) => lockEntry(lock, id) === null);
  const entries = fresh.map((kernel) => [kernel.id, entryOf(run, kernel)] as const);
  await writeEntries(Object.fromEntries(entries), context, lock);
  const [offered, known] = await Promise.all([readBaseline(join(run, 'manifests')), readBaseline(baseline)]);
  const lines = await Promise.all(
    fresh.map(async (kernel) => {
      const taken = await takeManifest(kernel, offered, known, baseline);
      return `${kernel.id}: pending -> ${kernel.identity.version ?? ''}; ${taken}`;
    }),
  );
  const rest = pending.filter((kernel) => !fresh.includes(kernel));
  return [...lines, ...rest.map(({ id }) => `${id}: is locked by now, and stays as it is`)];
}

function entryOf(run: string, { id, identity }: RanKernel) {
  const entry = lockEntryOf(identity, null);
  if (entry !== null) return entry;
  throw new UsageError({
    message: `${run}: an older run, which does not say enough of ${id} to lock it`,
    next: 'run the matrix again, and name its report',
  });
}

async function takeManifest(
  { id, identity, verdict }: RanKernel,
  offered: Baseline | null,
  known: Baseline | null,
  folder: string,
): Promise<string> {
  const state = verdict.kind === 'pass' ? '' : `, of a kernel that came out as ${verdict.kind}`;
  const of = (baseline: Baseline | null): readonly Manifest[] =>
    [...(baseline?.values() ?? [])].filter(({ kernel }) => kernel.id === id);
  if (of(known).length > 0) return `${folder} has a manifest of it, which stays${state}`;
  const manifests = of(offered);
  if (manifests.length === 0) return `no baseline: a part was run, or its answers cannot be relied on${state}`;
  if (manifests.some(({ kernel }) => kernel.imageSha256 !== identity.imageSha256)) throw otherKernel(id);
  for (const manifest of manifests) await writeManifest(folder, manifest);
  return `its manifest is in ${folder}${state}`;
}

function otherKernel(id: KernelId): UsageError {
  return new UsageError({
    message: `the manifest of ${id} is about another image than the run`,
    next: 'name a report folder as a run wrote it',
  });
}
