// SPDX-License-Identifier: Apache-2.0
/** What the cache holds. */
export const cacheKinds = ['kernels', 'images', 'snapshots', 'proofs'] as const;
export type CacheKind = (typeof cacheKinds)[number];
