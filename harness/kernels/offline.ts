import { listEntries, type StoredEntry } from './cache/store.js';
import type { CatalogKernel } from './catalog.js';
import { compareDebVersions } from './deb-version.js';
import { type CachedKernel, findCached, type FetchProgress, readAbout } from './fetch.js';
import { inSeries } from './package-rule.js';

/** Kernels of the same family, flavour and series that earlier runs left in the cache, newest first, unchecked. */
export async function cachedOfSeries(
  store: string,
  kernel: Pick<CatalogKernel, 'family' | 'series' | 'suites'>,
  flavour: string,
): Promise<CachedKernel[]> {
  // A kernel without a series has nothing that an older one in the cache could be measured by.
  if (kernel.series === null) return [];
  const all = (await listEntries(store)).flatMap(({ about }) => readAbout(about) ?? []);
  return all
    .filter((about) => about.family === kernel.family && kernel.suites.includes(about.suite))
    .filter((about) => about.release.endsWith(`-${flavour}`) && inSeries(about.release, kernel.series))
    .sort((a, b) => compareDebVersions(versionOf(b), versionOf(a)) || b.debs.length - a.debs.length);
}

/** The newest of them that is whole, for when no archive answers. */
export async function newestCached(
  store: string,
  kernel: CatalogKernel,
  flavour: string,
  onProgress: (progress: FetchProgress) => void,
): Promise<StoredEntry | null> {
  for (const about of await cachedOfSeries(store, kernel, flavour)) {
    const entry = await findCached(store, about.debs, onProgress);
    if (entry) return entry;
  }
  return null;
}

function versionOf(about: CachedKernel): string {
  return about.debs[0]?.version ?? '';
}
