// SPDX-License-Identifier: Apache-2.0
/** Kernels: which there are, which version is pinned, and how to get one onto this host. */
export { type Catalog, type CatalogKernel, catalogKernel, loadCatalog, selectCatalogKernels } from './catalog.js';
export { type KernelContext, type KernelContextOptions, openKernelContext } from './context.js';
export { cacheFolder } from './cache/folder.js';
export type { FetchProgress } from './fetch.js';
export { offeredFlavours } from './flavours.js';
export { type KernelRow, listKernels } from './list.js';
export type { LocalImage } from './providers/local/image.js';
export { localKernel } from './providers/local/local.js';
export { type Lock, type LockEntry, loadLock, lockEntry } from './lock.js';
export { cachedKernel, resolveKernel, type ResolveOptions } from './resolve.js';
export type { ArchiveSettings } from './settings.js';
export { type LockUpdate, newestOffered, updateLock, writeEntries } from './update.js';
export { lockEntryOf } from './lock-entry.js';
export { type PointRange, type PointRelease, pointReleases, resolvePointRelease } from './point-releases.js';
