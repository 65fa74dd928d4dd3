// SPDX-License-Identifier: Apache-2.0
import type { KernelId, UnavailableKernel } from '../model/kernel.js';
import { type CatalogKernel, catalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import { type Lock, loadLock, type LockEntry, lockEntry, writeLock } from './lock.js';
import { providerOf } from './providers/index.js';
import { type Answer, type Candidate, keptArtifact, type Offer } from './providers/provider.js';
import { ToolMissingError } from './tool.js';
import { toolMissing } from './unavailable.js';
import { whyNot } from './why-not.js';

/** What became of one lock entry. */
export type LockUpdate =
  | { readonly kind: 'updated'; readonly id: KernelId; readonly from: string | null; readonly to: string }
  | { readonly kind: 'unchanged'; readonly id: KernelId; readonly version: string }
  /** The entry stays as it was. */
  | { readonly kind: 'failed'; readonly id: KernelId; readonly why: UnavailableKernel };

/**
 * Pins kernels to the newest packages of their series and rewrites the lock file. Hashes come from the signed index;
 * nothing is downloaded. Kernels that cannot be resolved keep their entry.
 * @throws UsageError for unknown ids; the signal's reason, before anything is written.
 */
export async function updateLock(
  ids: readonly KernelId[],
  context: KernelContext,
  signal?: AbortSignal,
): Promise<readonly LockUpdate[]> {
  const kernels = ids.map((id) => catalogKernel(context.catalog, id));
  const found = await Promise.all(
    kernels.map(async (kernel) => ({ id: kernel.id, entry: await newestOffered(kernel, context, signal) })),
  );
  signal?.throwIfAborted();
  // Read again: another update may have written in the meantime, and the context keeps what the run began with.
  const lock = await loadLock(context.lockPath);
  const judged = found.map(({ id, entry }) => judge(id, lock, entry));
  const merged = { ...lock, kernels: { ...lock.kernels, ...Object.fromEntries(judged.flatMap(({ entry }) => entry)) } };
  await writeLock(
    context.lockPath,
    merged,
    context.catalog.kernels.map((kernel) => kernel.id),
  );
  return judged.map(({ update }) => update);
}

interface Judged {
  readonly update: LockUpdate;
  /** To be written; none when the entry stays. */
  readonly entry: readonly (readonly [KernelId, LockEntry])[];
}

function judge(id: KernelId, lock: Lock, found: LockEntry | UnavailableKernel): Judged {
  if ('status' in found) return { update: { kind: 'failed', id, why: found }, entry: [] };
  const before = lockEntry(lock, id);
  if (before !== null && JSON.stringify(before.artifacts) === JSON.stringify(found.artifacts)) {
    return { update: { kind: 'unchanged', id, version: found.version }, entry: [] };
  }
  const from = before?.version ?? null;
  return { update: { kind: 'updated', id, from, to: found.version }, entry: [[id, found]] };
}

/** The newest that an archive has of a kernel's series, as a lock entry; only indexes are read. */
export async function newestOffered(
  kernel: CatalogKernel,
  context: KernelContext,
  signal?: AbortSignal,
): Promise<LockEntry | UnavailableKernel> {
  const answers: Answer<Offer>[] = [];
  const tried: string[] = [];
  const provider = providerOf(kernel.family);
  try {
    for await (const answer of provider.list(kernel, context, {
      snapshotDate: null,
      onNotice: (text) => tried.push(text),
      signal,
    })) {
      answers.push(answer);
      tried.push(...answer.tried);
      const best = provider.resolve(answer.offers, null)?.candidate;
      // A suite that could not be read may hold a newer one.
      if (best && answer.failures.every((kind) => kind === 'absent')) return entryOf(best);
    }
  } catch (error) {
    if (error instanceof ToolMissingError) return toolMissing(kernel, error, tried);
    throw error;
  }
  return whyNot(kernel, answers, [], tried);
}

function entryOf(candidate: Candidate): LockEntry {
  const artifacts = candidate.artifacts.map(keptArtifact);
  const [image] = artifacts;
  if (!image) throw new Error(`${candidate.release}: no packages`);
  const { package: name, version } = image;
  return { package: name, version, suite: candidate.suite, snapshot: nextMidnight(new Date()), artifacts };
}

/** Snapshots trail the mirrors by some hours; a date in the future means the latest there is. */
function nextMidnight(now: Date): string {
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 1));
  return `${day.toISOString().slice(0, 10).replaceAll('-', '')}T000000Z`;
}
