// SPDX-License-Identifier: Apache-2.0
import { listEntries, type StoredEntry } from './cache/store.js';
import type { CatalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import { type CachedKernel, findCached, type FetchProgress, readCachedKernel } from './fetch.js';
import { providerOf } from './providers/index.js';

/** Kernels of the same family, flavour and series that earlier runs left in the cache, newest first, unchecked. */
export async function cachedOfSeries(
  kernel: Pick<CatalogKernel, 'id' | 'family' | 'series' | 'suites' | 'flavour'>,
  context: KernelContext,
): Promise<CachedKernel[]> {
  // A kernel without a series has nothing that an older one in the cache could be measured by.
  if (kernel.series === null) return [];
  const provider = providerOf(kernel.family);
  const all = (await listEntries(context.store)).flatMap(({ about }) => readCachedKernel(about) ?? []);
  return all
    .filter((about) => about.family === kernel.family && kernel.suites.includes(about.suite))
    .filter((about) => provider.isOf(kernel, about.release, context))
    .sort((a, b) => provider.compareVersions(versionOf(b), versionOf(a)) || b.artifacts.length - a.artifacts.length);
}

/** The newest of them that is whole, for when no archive answers. */
export async function newestCached(
  kernel: CatalogKernel,
  context: KernelContext,
  onProgress: (progress: FetchProgress) => void,
): Promise<StoredEntry | null> {
  for (const about of await cachedOfSeries(kernel, context)) {
    const entry = await findCached(context.store, { ...about, booted: null }, onProgress);
    if (entry) return entry;
  }
  return null;
}

function versionOf(about: CachedKernel): string {
  return about.artifacts[0]?.version ?? '';
}
