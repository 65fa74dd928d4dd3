// SPDX-License-Identifier: Apache-2.0
import type { KernelIdentity } from '../model/kernel.js';
import { hashBytes } from './cache/hash.js';

/** What is booted of a kernel, each by its content. */
export type BootedHashes = Pick<KernelIdentity, 'imageSha256' | 'configSha256' | 'modulesSha256'>;

/** `files` are those of a cache entry: SHA-256 by path. Null without an image. */
export function bootedHashes(files: ReadonlyMap<string, string>): BootedHashes | null {
  const imageSha256 = files.get('vmlinuz');
  if (imageSha256 === undefined) return null;
  const modules = [...files].filter(([path]) => path.startsWith('lib/modules/')).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    imageSha256,
    configSha256: files.get('config') ?? null,
    modulesSha256: modules.length === 0 ? null : hashBytes(JSON.stringify(modules)),
  };
}
