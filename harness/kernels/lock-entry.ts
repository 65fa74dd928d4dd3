// SPDX-License-Identifier: Apache-2.0
import type { KernelIdentity } from '../model/kernel.js';
import { layoutVersion } from './keep.js';
import type { LockEntry } from './lock.js';
import { keptArtifact } from './providers/provider.js';

/**
 * The lock entry that pins a kernel to what it is now; null for one that no archive has. `snapshot`: a date that was
 * seen to have its packages.
 */
export function lockEntryOf(identity: KernelIdentity, snapshot: string | null): LockEntry | null {
  const { package: name, version, suite, release, imageSha256, configSha256, modulesSha256, artifacts } = identity;
  if (name === null || version === null || suite === null || release === null) return null;
  const booted = { layout: layoutVersion, release, image: imageSha256, config: configSha256, modules: modulesSha256 };
  return { package: name, version, suite, snapshot, booted, artifacts: artifacts.map(keptArtifact) };
}
