// SPDX-License-Identifier: Apache-2.0
/** What the cache holds. */
export const cacheKinds = ['kernels', 'images', 'snapshots'] as const;
export type CacheKind = (typeof cacheKinds)[number];
