// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { KernelArtifact } from '../model/kernel.js';
import { cacheError } from './cache/cache-error.js';
import { hashBytes } from './cache/hash.js';
import { addEntry, dropEntry, lookUpEntry, type StoredEntry } from './cache/store.js';
import { type Family, familyNames } from './families.js';
import { keepKernel, layoutVersion } from './keep.js';
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
  artifacts: z.array(z.object({ package: z.string(), version: z.string(), sha256: z.string() })).min(1),
});

/** As entries have it that were made while artifacts were called debs. */
const firstAboutSchema = aboutSchema
  .omit({ artifacts: true })
  .extend({ debs: aboutSchema.shape.artifacts })
  .transform(({ debs, ...about }) => ({ ...about, artifacts: debs }));

/** What a cached kernel is. */
export type CachedKernel = z.output<typeof aboutSchema>;

export function readCachedKernel(about: unknown): CachedKernel | null {
  return z.union([aboutSchema, firstAboutSchema]).safeParse(about).data ?? null;
}

/** The cache entry's name: what was unpacked, and by which rules. */
export function cacheKey(artifacts: readonly Pick<KernelArtifact, 'sha256'>[]): string {
  return hashBytes(JSON.stringify([layoutVersion, ...artifacts.map(({ sha256 }) => sha256)])).slice(0, 32);
}

/** Finds a kernel in the cache; a damaged entry is dropped, and said. */
export async function findCached(
  store: string,
  artifacts: readonly Pick<KernelArtifact, 'sha256'>[],
  onProgress: (progress: FetchProgress) => void,
): Promise<StoredEntry | null> {
  const key = cacheKey(artifacts);
  const found = await lookUpEntry(store, key);
  if (found.kind !== 'damaged') return found.kind === 'hit' ? found.entry : null;
  onProgress({ kind: 'notice', text: `cache entry ${key} is damaged (${found.detail}); it is fetched again` });
  await dropEntry(store, key);
  return null;
}

export type FetchOutcome =
  | { readonly ok: true; readonly entry: StoredEntry }
  | { readonly ok: false; readonly kind: FailureKind; readonly detail: string };

/**
 * Downloads, checks and unpacks an offered kernel into the cache, or finds it there.
 * @throws InfraError when the disk is full; ToolMissingError; the signal's reason.
 */
export async function fetchOffer(
  family: Family,
  offer: Offer,
  store: string,
  onProgress: (progress: FetchProgress) => void,
  signal?: AbortSignal,
): Promise<FetchOutcome> {
  const { candidate } = offer;
  const cached = await findCached(store, candidate.artifacts, onProgress);
  if (cached) return { ok: true, entry: cached };
  try {
    const entry = await addEntry(
      store,
      cacheKey(candidate.artifacts),
      (into) => fill(into, family, offer, onProgress, signal),
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
  family: Family,
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
  const files = await provider.fetch(offer, downloads, signal);
  onProgress({ kind: 'step', text: `unpacking ${candidate.release}` });
  await provider.unpack(offer, files, root, signal);
  const names = files.map((file) => basename(file));
  await keepKernel({ root, release: candidate.release, names }, into, signal);
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
