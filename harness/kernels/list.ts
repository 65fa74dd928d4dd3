// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { KernelArtifact, KernelId, LockState } from '../model/kernel.js';
import { type CatalogKernel, catalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import type { Family } from './families.js';
import { cacheKey } from './fetch.js';
import { lockEntry } from './lock.js';
import { cachedOfSeries } from './offline.js';

/** One line of `kernels list`. */
export interface KernelRow {
  readonly id: KernelId;
  readonly tier: CatalogKernel['tier'];
  readonly source: Family;
  /** Of the locked or cached kernel; the suites to look in while there is neither. */
  readonly suite: string;
  readonly package: string | null;
  readonly version: string | null;
  /** Of the package with the image, lower-case hex. */
  readonly sha256: string | null;
  /** As far as it is known without asking an archive: `pinned` has a lock entry, `pending` has none yet. */
  readonly lock: Extract<LockState, 'pinned' | 'pending'>;
  /** This very version is in the cache; whether it is whole is checked when it is used. */
  readonly cached: boolean;
}

/** What is known of these kernels, all of the catalog when left out, from the lock and the cache, without network. */
export function listKernels(context: KernelContext, ids?: readonly KernelId[]): Promise<KernelRow[]> {
  const { catalog } = context;
  const kernels = ids?.map((id) => catalogKernel(catalog, id)) ?? catalog.kernels;
  return Promise.all(kernels.map((kernel) => kernelRow(kernel, context)));
}

async function kernelRow(kernel: CatalogKernel, context: KernelContext): Promise<KernelRow> {
  const { id, tier, family: source } = kernel;
  const entry = lockEntry(context.lock, id);
  if (entry) {
    const cached = await exists(join(context.store, cacheKey(entry.artifacts)));
    return { id, tier, source, suite: entry.suite, ...image(entry.artifacts), lock: 'pinned', cached };
  }
  const [found] = await cachedOfSeries(kernel, context);
  const suite = found?.suite ?? kernel.suites.join(',');
  return { id, tier, source, suite, ...image(found?.artifacts ?? []), lock: 'pending', cached: found !== undefined };
}

function image([first]: readonly KernelArtifact[]): Pick<KernelRow, 'package' | 'version' | 'sha256'> {
  if (first === undefined) return { package: null, version: null, sha256: null };
  return { package: first.package, version: first.version, sha256: first.sha256 };
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
