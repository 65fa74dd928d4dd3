// SPDX-License-Identifier: Apache-2.0
import type { KernelId, KernelResolution, LockState, ReadyKernel, UnavailableKernel } from '../model/kernel.js';
import { cacheError } from './cache/cache-error.js';
import type { StoredEntry } from './cache/store.js';
import { type CatalogKernel, catalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import { cacheKey, type FetchProgress, fetchOffer, findCached } from './fetch.js';
import { type LockEntry, lockEntry } from './lock.js';
import { assertLocked, changedBytes, otherImage } from './locked.js';
import { newestCached } from './offline.js';
import { providerOf } from './providers/index.js';
import { type Answer, type FailureKind, newestOfferFirst, type Offer, offerName } from './providers/provider.js';
import { readyKernel } from './ready.js';
import { ToolMissingError } from './tool.js';
import { toolMissing, unavailableKernel } from './unavailable.js';
import { isOnlyNotAsked, whyNot, withPassedOver } from './why-not.js';

export interface ResolveOptions {
  /** Refuse a kernel that is not the locked one. A kernel that was never locked is not refused. */
  readonly frozen?: boolean;
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal;
}

/** One resolution under way. */
interface Quest {
  readonly kernel: CatalogKernel;
  readonly context: KernelContext;
  readonly lock: LockEntry | null;
  readonly frozen: boolean;
  readonly say: (progress: FetchProgress) => void;
  readonly signal: AbortSignal | undefined;
  /** One line for each thing tried, in order. */
  readonly tried: string[];
  readonly answers: Answer<Offer>[];
  /** Of offers that could not be downloaded or unpacked: why, by archive and packages. */
  readonly fetchFailures: Map<string, FailureKind>;
}

/**
 * Gets a kernel of the catalog: the locked one from the cache or from the first archive that has it; when no archive
 * has it any more, the newest of the same series, as `drifted`. Never another series, and never the locked version with
 * other bytes.
 * @throws UsageError for an id that the catalog does not have; InfraError when the disk is full; the signal's reason.
 */
export async function resolveKernel(
  id: KernelId,
  context: KernelContext,
  options: ResolveOptions = {},
): Promise<KernelResolution> {
  const kernel = catalogKernel(context.catalog, id);
  const quest: Quest = {
    kernel,
    context,
    lock: lockEntry(context.lock, id),
    frozen: options.frozen ?? false,
    say: options.onProgress ?? ((): void => undefined),
    signal: options.signal,
    tried: [],
    answers: [],
    fetchFailures: new Map(),
  };
  try {
    const resolution = (await fromCache(quest)) ?? (await fromArchives(quest));
    // What an interrupted fetch found says nothing about the archive.
    quest.signal?.throwIfAborted();
    return resolution;
  } catch (error) {
    if (error instanceof ToolMissingError) return toolMissing(kernel, error, quest.tried);
    options.signal?.throwIfAborted();
    throw (await cacheError(error, context.store, `resolving ${id}`)) ?? error;
  }
}

/** A kernel that is locked and in the cache, whole; null for any other. Nobody is asked for it. */
export async function cachedKernel(id: KernelId, context: KernelContext): Promise<ReadyKernel | null> {
  const lock = lockEntry(context.lock, id);
  if (lock === null) return null;
  const entry = await findCached(context.store, lock, () => undefined);
  return entry && readyKernel(id, entry, 'pinned', lock);
}

async function fromCache(quest: Quest): Promise<ReadyKernel | null> {
  if (!quest.lock) return null;
  const entry = await findCached(quest.context.store, quest.lock, quest.say);
  return entry && ready(quest, entry, 'pinned');
}

async function fromArchives(quest: Quest): Promise<KernelResolution> {
  const { kernel, context, lock, signal } = quest;
  quest.say({ kind: 'step', text: 'reading package indexes' });
  const onNotice = (text: string): void => {
    quest.say({ kind: 'notice', text });
  };
  const provider = providerOf(kernel.family);
  for await (const answer of provider.list(kernel, context, {
    snapshotDate: lock?.snapshot ?? null,
    onNotice,
    onStep: (text) => {
      quest.say({ kind: 'step', text });
    },
    signal,
  })) {
    quest.tried.push(...answer.tried);
    quest.answers.push(answer);
    const wanted = provider.resolve(answer.offers, lock);
    const found = wanted && (await take(quest, wanted, lock ? 'pinned' : 'pending'));
    if (found) return found;
  }
  const { answers, fetchFailures, tried } = quest;
  return (await instead(quest)) ?? whyNot(kernel, answers, [...fetchFailures.values()], tried, lock === null);
}

/** The locked packages are nowhere, or nothing could be read: the newest that can be had, unless that is refused. */
async function instead(quest: Quest): Promise<KernelResolution | null> {
  const { kernel, lock, tried, frozen } = quest;
  const offers = quest.answers.flatMap((answer) => answer.offers);
  if (lock) {
    const changed = changedBytes(offers, lock);
    if (changed !== null) {
      return withPassedOver(unavailableKernel(kernel, 'LOCK_CHANGED', changed, tried), quest.answers);
    }
    if (frozen) return driftRefused(quest, lock, offers);
  }
  return (lock && (await newest(quest, offers))) ?? (offers.length === 0 ? cachedBefore(quest) : null);
}

/** What an archive that could not be read may still have is no drift. Null where another reason weighs more. */
function driftRefused(quest: Quest, lock: LockEntry, offers: readonly Offer[]): UnavailableKernel | null {
  const { kernel, answers, fetchFailures, tried } = quest;
  const failures = answers.flatMap((answer) => answer.failures);
  const isWorse = failures.some((kind) => kind === 'untrusted' || kind === 'expired');
  if (fetchFailures.size > 0 || isWorse || answers.every(({ read }) => read === 0)) return null;
  const locked = `${lock.package} ${lock.version} is locked, and no archive`;
  if (failures.some((kind) => kind !== 'absent')) {
    const isOpen = isOnlyNotAsked(failures);
    const detail = `${locked} that answered has it; one that may have it ${isOpen ? 'was not asked' : 'could not be read'}`;
    const reason = isOpen ? 'ARCHIVE_NOT_ASKED' : 'ARCHIVE_UNREACHABLE';
    return withPassedOver(unavailableKernel(kernel, reason, detail, tried), answers);
  }
  return unavailableKernel(kernel, 'LOCK_DRIFT_REFUSED', `${locked} has it${otherImage(offers, lock)}`, tried);
}

/** The newest version only, from whichever archive gives it whole. */
async function newest(quest: Quest, offers: readonly Offer[]): Promise<ReadyKernel | null> {
  const byAge = newestOfferFirst(providerOf(quest.kernel.family).compareVersions);
  const sorted = [...offers].sort((a, b) => byAge(a.candidate, b.candidate));
  for (const offer of sorted.filter((other) => other.candidate.version === sorted[0]?.candidate.version)) {
    const found = await take(quest, offer, 'drifted');
    if (found) return found;
  }
  return null;
}

async function cachedBefore(quest: Quest): Promise<ReadyKernel | null> {
  const { kernel, context, lock, tried } = quest;
  const entry = await newestCached(kernel, context, quest.say);
  if (!entry) return null;
  const text = `no archive answered; ${kernel.id} is the newest of its series in the cache`;
  tried.push(`cache: ${text}`);
  quest.say({ kind: 'notice', text });
  return ready(quest, entry, lock ? 'drifted' : 'pending');
}

async function take(quest: Quest, offer: Offer, state: LockState): Promise<ReadyKernel | null> {
  const { kernel, context, signal, tried } = quest;
  const name = `${offer.source.uri} ${cacheKey(offer.candidate.artifacts)}`;
  if (quest.fetchFailures.has(name)) return null;
  const outcome = await fetchOffer(kernel, offer, context.store, quest.say, signal);
  if (outcome.ok) return ready(quest, outcome.entry, state);
  tried.push(`${offerName(offer)}: ${outcome.detail}`);
  quest.fetchFailures.set(name, outcome.kind);
  return null;
}

function ready({ kernel, context, lock }: Quest, entry: StoredEntry, state: LockState): ReadyKernel {
  if (state === 'pinned' && lock !== null) assertLocked(entry, lock, kernel, context);
  return readyKernel(kernel.id, entry, state, lock);
}
