// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { KernelId, LockState, ReadyKernel } from '../model/kernel.js';
import { bootedHashes } from './booted.js';
import type { StoredEntry } from './cache/store.js';
import { readCachedKernel } from './fetch.js';
import type { LockEntry } from './lock.js';

/** Describes a cache entry as a kernel that can be booted. */
export function readyKernel(id: KernelId, entry: StoredEntry, state: LockState, lock: LockEntry | null): ReadyKernel {
  const about = readCachedKernel(entry.about);
  const hashes = bootedHashes(entry.files);
  if (!about || hashes === null) throw new Error(`${entry.folder}: not an unpacked kernel`);
  const modules = `lib/modules/${about.release}`;
  const has = (path: string): boolean =>
    [...entry.files.keys()].some((name) => name === path || name.startsWith(`${path}/`));
  const path = (name: string): string | null => (has(name) ? join(entry.folder, name) : null);
  return {
    status: 'ready',
    identity: {
      id,
      source: about.family,
      suite: about.suite,
      package: about.artifacts[0]?.package ?? null,
      version: about.artifacts[0]?.version ?? null,
      artifacts: about.artifacts,
      release: about.release,
      ...hashes,
      lock: state,
      pinnedPackage: lock?.package ?? null,
      pinnedVersion: lock?.version ?? null,
    },
    files: { image: join(entry.folder, 'vmlinuz'), modules: path(modules), config: path('config') },
  };
}
