import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { DebFile } from '../model/kernel.js';
import type { AptFailureKind } from './archive/apt-errors.js';
import { DownloadError, downloadVerified } from './archive/download.js';
import { cacheError } from './cache/cache-error.js';
import { hashBytes } from './cache/hash.js';
import { addEntry, dropEntry, lookUp, type StoredEntry } from './cache/store.js';
import type { Family } from './catalog.js';
import { ModuleError } from './modules.js';
import type { Offer } from './search.js';
import { layoutVersion, PackageError, unpackKernel } from './unpack.js';

/** What fetching tells while it works: `step` is what it is doing, `notice` is worth a line of its own. */
export interface FetchProgress {
  readonly kind: 'step' | 'notice';
  readonly text: string;
}

const aboutSchema = z.object({
  family: z.enum(['debian', 'ubuntu']),
  suite: z.string(),
  release: z.string(),
  debs: z.array(z.object({ package: z.string(), version: z.string(), sha256: z.string() })).min(1),
});

/** What a cached kernel is. */
export type CachedKernel = z.output<typeof aboutSchema>;

export function readAbout(about: unknown): CachedKernel | null {
  return aboutSchema.safeParse(about).data ?? null;
}

/** The cache entry's name: what was unpacked, and by which rules. */
export function cacheKey(debs: readonly Pick<DebFile, 'sha256'>[]): string {
  return hashBytes(JSON.stringify([layoutVersion, ...debs.map((deb) => deb.sha256)])).slice(0, 32);
}

/** Finds a kernel in the cache; a damaged entry is dropped, and said. */
export async function findCached(
  store: string,
  debs: readonly Pick<DebFile, 'sha256'>[],
  onProgress: (progress: FetchProgress) => void,
): Promise<StoredEntry | null> {
  const key = cacheKey(debs);
  const found = await lookUp(store, key);
  if (found.kind !== 'damaged') return found.kind === 'hit' ? found.entry : null;
  onProgress({ kind: 'notice', text: `cache entry ${key} is damaged (${found.detail}); it is fetched again` });
  await dropEntry(store, key);
  return null;
}

export type FetchOutcome =
  | { readonly ok: true; readonly entry: StoredEntry }
  | { readonly ok: false; readonly kind: AptFailureKind; readonly detail: string };

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
  const cached = await findCached(store, candidate.debs, onProgress);
  if (cached) return { ok: true, entry: cached };
  try {
    const entry = await addEntry(
      store,
      cacheKey(candidate.debs),
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
  { candidate, root }: Offer,
  onProgress: (progress: FetchProgress) => void,
  signal?: AbortSignal,
): Promise<CachedKernel> {
  const downloads = join(dirname(into), 'debs');
  await mkdir(downloads);
  const size = candidate.debs.reduce((sum, deb) => sum + deb.size, 0);
  onProgress({ kind: 'step', text: `downloading ${candidate.release} (${(size / 2 ** 20).toFixed(1)} MiB)` });
  const files = await downloadVerified(root, candidate.debs, downloads, signal);
  onProgress({ kind: 'step', text: `unpacking ${candidate.release}` });
  await unpackKernel(files, candidate.release, join(dirname(into), 'root'), into, signal);
  const debs = candidate.debs.map(({ package: name, version, sha256 }) => ({ package: name, version, sha256 }));
  return { family, suite: candidate.suite, release: candidate.release, debs };
}

async function failureOf(error: unknown, store: string, signal?: AbortSignal): Promise<FetchOutcome> {
  signal?.throwIfAborted();
  const unwritable = await cacheError(error, store, 'fetching a kernel');
  if (unwritable) throw unwritable;
  if (error instanceof DownloadError) return { ok: false, kind: error.kind, detail: error.message };
  if (error instanceof PackageError || error instanceof ModuleError)
    return { ok: false, kind: 'damaged', detail: error.message };
  throw error;
}
