// SPDX-License-Identifier: Apache-2.0
import { isUnsignedImage, type KernelId, type ReadyKernel, type UnavailableKernel } from '../model/kernel.js';
import { type CatalogKernel, catalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import { type FetchProgress, fetchOffer } from './fetch.js';
import { type Lock, loadLock, type LockEntry, lockEntry, writeLock } from './lock.js';
import { lockEntryOf } from './lock-entry.js';
import { changedBytes } from './locked.js';
import { modulePackages } from './families.js';
import { offersOf } from './offered.js';
import { providerOf } from './providers/index.js';
import { type Offer, offerName } from './providers/provider.js';
import { readyKernel } from './ready.js';
import { asksPublic } from './settings.js';
import { whyNot } from './why-not.js';

/** What became of one lock entry. */
export type LockUpdate =
  /** `notes`: what a reviewer should know of it, one line each. */
  | {
      readonly kind: 'updated' | 'unchanged';
      readonly id: KernelId;
      /** The version that was locked; null for none. */
      readonly from: string | null;
      readonly to: string;
      readonly notes: readonly string[];
    }
  /** The entry stays as it was. */
  | { readonly kind: 'failed'; readonly id: KernelId; readonly why: UnavailableKernel };

export interface UpdateOptions {
  /** Is the snapshot service asked whether it has what is locked. */
  readonly snapshot: boolean;
  readonly onProgress: (id: KernelId, progress: FetchProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Pins kernels to the newest packages of their series and rewrites the lock file. Each is fetched into the cache, since
 * the lock says what they unpack to. Kernels that cannot be had keep their entry.
 * @throws UsageError for unknown ids; InfraError for a cache that cannot be written; the signal's reason. All of them
 * before anything is written.
 */
export async function updateLock(
  ids: readonly KernelId[],
  context: KernelContext,
  options: UpdateOptions,
): Promise<readonly LockUpdate[]> {
  const kernels = ids.map((id) => catalogKernel(context.catalog, id));
  const found = await Promise.all(kernels.map((kernel) => newestEntry(kernel, context, options)));
  options.signal?.throwIfAborted();
  // Read again: another update may have written in the meantime, and the context keeps what the run began with.
  const lock = await loadLock(context.lockPath);
  const judged = kernels.map(({ id }, index) => judge(id, lock, found[index] ?? null));
  await writeEntries(Object.fromEntries(judged.flatMap(({ entry }) => entry)), context, lock);
  return judged.map(({ update }) => update);
}

/** Puts entries into the lock file, the others as they are. */
export function writeEntries(entries: Lock['kernels'], context: KernelContext, lock: Lock): Promise<void> {
  const order = context.catalog.kernels.map(({ id }) => id);
  return writeLock(context.lockPath, { ...lock, kernels: { ...lock.kernels, ...entries } }, order);
}

interface Judged {
  readonly update: LockUpdate;
  /** To be written; none when the entry stays. */
  readonly entry: readonly (readonly [KernelId, LockEntry])[];
}

function judge(id: KernelId, lock: Lock, found: NewEntry | UnavailableKernel | null): Judged {
  if (found === null) throw new Error(`kernels: no answer about ${id}`);
  if ('status' in found) return { update: { kind: 'failed', id, why: found }, entry: [] };
  const before = lockEntry(lock, id);
  const isSame = before !== null && sameArtifacts(before, found.entry);
  // A date that was seen to have these packages still has them.
  const entry = { ...found.entry, snapshot: found.entry.snapshot ?? (isSame ? before.snapshot : null) };
  const dated = entry.snapshot === null ? [undatedNote] : [];
  const kind = isSame && JSON.stringify(before) === JSON.stringify(entry) ? 'unchanged' : 'updated';
  const notes = [...found.notes, ...dated];
  return {
    update: { kind, id, from: before?.version ?? null, to: entry.version, notes },
    entry: kind === 'unchanged' ? [] : [[id, entry]],
  };
}

const undatedNote = 'no snapshot is known to have it yet, so the entry has no date; `kernels update` later adds one';

function sameArtifacts(a: LockEntry, b: LockEntry): boolean {
  const hashes = ({ artifacts }: LockEntry): string => artifacts.map(({ sha256 }) => sha256).join();
  return hashes(a) === hashes(b);
}

interface NewEntry {
  readonly entry: LockEntry;
  readonly notes: readonly string[];
}

async function newestEntry(
  kernel: CatalogKernel,
  context: KernelContext,
  { snapshot, onProgress, signal }: UpdateOptions,
): Promise<NewEntry | UnavailableKernel> {
  const found = await newestOffered(kernel, context, signal, (text) => {
    onProgress(kernel.id, { kind: 'step', text });
  });
  if ('status' in found) return found;
  const say = (progress: FetchProgress): void => {
    onProgress(kernel.id, progress);
  };
  const outcome = await fetchOffer(kernel, found, context.store, say, signal);
  if (!outcome.ok) return whyNot(kernel, [], [outcome.kind], [`${offerName(found)}: ${outcome.detail}`]);
  const date =
    snapshot && asksPublic(context.settings) ? await snapshotDate(kernel, found, context, say, signal) : null;
  const ready = readyKernel(kernel.id, outcome.entry, 'pending', null);
  const entry = lockEntryOf(ready.identity, date);
  if (entry === null) throw new Error(`${outcome.entry.folder}: no kernel of an archive`);
  return { entry, notes: notesOf(kernel, ready, found, context) };
}

function notesOf(
  { family }: CatalogKernel,
  { identity, files }: ReadyKernel,
  offer: Offer,
  context: KernelContext,
): readonly string[] {
  const lock = lockEntry(context.lock, identity.id);
  const changed = lock === null ? null : changedBytes([offer], lock);
  const packages = modulePackages(family, offer.candidate.release).join(' and ');
  const bare = `${identity.release ?? ''} comes without its modules: it boots where virtio is built in, and has no other; no suite of the archive has ${packages} in this version`;
  const unsigned = isUnsignedImage(identity.package ?? '') ? [`${identity.package ?? ''} is not signed yet`] : [];
  return [...(changed === null ? [] : [changed]), ...unsigned, ...(files.modules === null ? [bare] : [])];
}

/** The day, if the snapshot service has these packages in it; null while it does not, or cannot be asked. */
async function snapshotDate(
  kernel: CatalogKernel,
  { candidate }: Offer,
  context: KernelContext,
  say: (progress: FetchProgress) => void,
  signal?: AbortSignal,
): Promise<string | null> {
  const date = `${new Date().toISOString().slice(0, 13).replaceAll('-', '')}0000Z`;
  const onNotice = (text: string): void => {
    say({ kind: 'notice', text });
  };
  say({ kind: 'step', text: `asking the snapshot of ${date}` });
  const onStep = (text: string): void => {
    say({ kind: 'step', text });
  };
  const options = { snapshotDate: date, onNotice, onStep, signal };
  const isThere = await providerOf(kernel.family).snapshotHas(kernel, candidate.artifacts, context, options);
  return isThere ? date : null;
}

/** The newest that an archive has of a kernel's series; only indexes are read. */
export async function newestOffered(
  kernel: CatalogKernel,
  context: KernelContext,
  signal?: AbortSignal,
  onStep?: (text: string) => void,
): Promise<Offer | UnavailableKernel> {
  const offers = await offersOf(kernel, context, signal, onStep);
  return 'status' in offers ? offers : offers[0];
}
