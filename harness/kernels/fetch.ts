// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { KernelArtifact } from '../model/kernel.js';
import { kernelTarget } from '../model/kernel-name.js';
import { bootedHashes } from './booted.js';
import { cacheError } from './cache/cache-error.js';
import { hashBytes } from './cache/hash.js';
import { addEntry, dropEntry, lookUpEntry, type StoredEntry } from './cache/store.js';
import type { CatalogKernel } from './catalog.js';
import { familyNames } from './families.js';
import { keepKernel, layoutVersion } from './keep.js';
import type { LockEntry } from './lock.js';
import { ModuleError } from './modules.js';
import { providerOf } from './providers/index.js';
import { ArtifactError, DownloadError, type FailureKind, keptArtifact, type Offer } from './providers/provider.js';

/** What fetching reports while it works: `step` is what it is doing, `notice` is worth a line of its own. */
export interface FetchProgress {
  readonly kind: 'step' | 'notice';
  readonly text: string;
}

const aboutSchema = z.object({
  family: z.enum(familyNames),
  suite: z.string(),
  release: z.string(),
  artifacts: z
    .array(
      z.object({
        package: z.string(),
        version: z.string(),
        architecture: z.string(),
        sha256: z.string(),
        size: z.number(),
      }),
    )
    .min(1),
});

/** What a cached kernel is. */
export type CachedKernel = z.output<typeof aboutSchema>;

/** Null for what is none, or was made by another layout. */
export function readCachedKernel(about: unknown): CachedKernel | null {
  return aboutSchema.safeParse(about).data ?? null;
}

/** The cache entry's name: what was unpacked, and by which rules. */
export function cacheKey(artifacts: readonly Pick<KernelArtifact, 'sha256'>[]): string {
  return hashBytes(JSON.stringify([layoutVersion, ...artifacts.map(({ sha256 }) => sha256)])).slice(0, 32);
}

/** A kernel as it is looked for in the cache: by its packages, and by what the lock says is booted of them. */
export type WantedKernel = Pick<LockEntry, 'booted'> & {
  readonly artifacts: readonly Pick<KernelArtifact, 'sha256'>[];
};

/**
 * Finds a kernel in the cache. Every file of it is hashed, which takes some 40 ms: an entry that was damaged, that is another
 * kernel's, or that is not what the lock says is booted is dropped, and said.
 */
export async function findCached(
  store: string,
  wanted: WantedKernel,
  onProgress: (progress: FetchProgress) => void,
): Promise<StoredEntry | null> {
  const key = cacheKey(wanted.artifacts);
  const found = await lookUpEntry(store, key);
  if (found.kind === 'miss') return null;
  const fault = found.kind === 'damaged' ? found.detail : impostorFault(found.entry, wanted);
  if (fault === null && found.kind === 'hit') return found.entry;
  onProgress({ kind: 'notice', text: `cache entry ${key} is damaged (${fault ?? ''}); it is fetched again` });
  await dropEntry(store, key);
  return null;
}

/** Why an entry, whole by its own seal, is not the kernel that it lies in the place of; null when it is. */
function impostorFault(entry: StoredEntry, wanted: WantedKernel): string | null {
  const about = readCachedKernel(entry.about);
  if (about === null) return 'it holds no kernel';
  if (cacheKey(about.artifacts) !== cacheKey(wanted.artifacts)) return `it holds ${about.release}, another kernel`;
  return otherThanLocked(entry, wanted.booted);
}

/** What of an entry is not as the lock says; null when all is, or the lock does not say. */
export function otherThanLocked(entry: StoredEntry, booted: LockEntry['booted']): string | null {
  if (booted === null) return null;
  const own = bootedHashes(entry.files);
  if (own?.imageSha256 !== booted.image) return 'vmlinuz is not the one that the lock names';
  if (own.configSha256 !== booted.config) return 'config is not the one that the lock names';
  const isSame = booted.layout !== layoutVersion || own.modulesSha256 === booted.modules;
  return isSame ? null : 'its modules are not those that the lock names';
}

export type FetchOutcome =
  | { readonly ok: true; readonly entry: StoredEntry }
  | { readonly ok: false; readonly kind: FailureKind; readonly detail: string };

/**
 * Downloads, checks and unpacks an offered kernel into the cache, or finds it there.
 * @throws InfraError when the disk is full; ToolMissingError; the signal's reason.
 */
export async function fetchOffer(
  kernel: Pick<CatalogKernel, 'id' | 'family'>,
  offer: Offer,
  store: string,
  onProgress: (progress: FetchProgress) => void,
  signal?: AbortSignal,
): Promise<FetchOutcome> {
  const { candidate } = offer;
  const cached = await findCached(store, { artifacts: candidate.artifacts, booted: null }, onProgress);
  if (cached) return { ok: true, entry: cached };
  try {
    const entry = await addEntry(
      store,
      cacheKey(candidate.artifacts),
      (into) => fill(into, kernel, offer, onProgress, signal),
      signal,
    );
    return { ok: true, entry };
  } catch (error) {
    return failureOf(error, store, signal);
  }
}

/** Fills a cache entry; downloads and the unpacked packages stay outside of it and go with the temporary folder. */
async function fill(
  into: string,
  { id, family }: Pick<CatalogKernel, 'id' | 'family'>,
  offer: Offer,
  onProgress: (progress: FetchProgress) => void,
  signal?: AbortSignal,
): Promise<CachedKernel> {
  const { candidate } = offer;
  const provider = providerOf(family);
  const [downloads, root] = [join(dirname(into), 'artifacts'), join(dirname(into), 'root')];
  await mkdir(downloads);
  const size = candidate.artifacts.reduce((sum, artifact) => sum + artifact.size, 0);
  onProgress({ kind: 'step', text: `downloading ${candidate.release} (${(size / 2 ** 20).toFixed(1)} MiB)` });
  const files = await provider.fetch(offer, downloads, signal, (text) => {
    onProgress({ kind: 'step', text });
  });
  onProgress({ kind: 'step', text: `unpacking ${candidate.release}` });
  await provider.unpack(offer, files, root, signal);
  const names = files.map((file) => basename(file));
  await keepKernel({ target: kernelTarget(id), root, release: candidate.release, names }, into, signal);
  const artifacts = candidate.artifacts.map(keptArtifact);
  return { family, suite: candidate.suite, release: candidate.release, artifacts };
}

async function failureOf(error: unknown, store: string, signal?: AbortSignal): Promise<FetchOutcome> {
  signal?.throwIfAborted();
  const unwritable = await cacheError(error, store, 'fetching a kernel');
  if (unwritable) throw unwritable;
  if (error instanceof DownloadError) return { ok: false, kind: error.kind, detail: error.message };
  if (error instanceof ArtifactError || error instanceof ModuleError)
    return { ok: false, kind: 'damaged', detail: error.message };
  throw error;
}
