// SPDX-License-Identifier: Apache-2.0
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { hashFile } from '../../cache/hash.js';
import { DownloadError, type OfferedArtifact } from '../provider.js';
import { downloadDebs, type WaitedFor } from './apt-root.js';

/** Downloads and, apt having done so already, hashes again what is really on the disk: the lock relies on it. */
export async function downloadVerified(
  artifacts: readonly OfferedArtifact[],
  into: string,
  signal?: AbortSignal,
  who?: WaitedFor,
): Promise<readonly string[]> {
  // Each from the suite that lists it: the image may be in another than its modules.
  for (const root of new Set(artifacts.map((artifact) => artifact.root))) {
    const listed = artifacts.filter((artifact) => artifact.root === root);
    const failure = await downloadDebs(root, listed, into, signal, who);
    if (failure !== null) throw new DownloadError(failure.kind, failure.detail);
  }
  const files = (await readdir(into)).filter((name) => name.endsWith('.deb')).map((name) => join(into, name));
  const wanted = new Set(artifacts.map(({ sha256 }) => sha256));
  for (const file of files) {
    if (!wanted.delete(await hashFile(file, signal))) {
      throw new DownloadError('damaged', `${basename(file)} is not what the signed index lists`);
    }
  }
  if (wanted.size > 0)
    throw new DownloadError('damaged', `${wanted.size} of ${artifacts.length} packages did not arrive`);
  return files;
}
