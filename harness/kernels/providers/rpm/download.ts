// SPDX-License-Identifier: Apache-2.0
import { basename, join } from 'node:path';
import { hashFile } from '../../cache/hash.js';
import type { OfferedArtifact } from '../provider.js';
import { downloadTo } from './curl.js';
import { readListing } from './repository.js';
import { checkPackage } from './signature.js';
import { damaged } from './source-failure.js';

/**
 * Downloads packages that repositories list, hashes what is on the disk then, and checks who has signed it.
 * @throws DownloadError naming the package; ToolMissingError; the signal's reason.
 */
export async function downloadRpms(
  artifacts: readonly OfferedArtifact[],
  into: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const { package: name, version, sha256, size, root } of artifacts) {
    const { places, keys, patience } = await readListing(root);
    const url = places[sha256];
    if (url === undefined) throw new Error(`${name} ${version}: the repository that lists it does not say where it is`);
    const file = join(into, basename(url));
    await downloadTo(file, url, { most: size, patience }, signal);
    if ((await hashFile(file, signal)) !== sha256) throw damaged(`${basename(file)} is not what the repository lists`);
    await checkPackage(file, keys, into, signal);
    files.push(file);
  }
  return files;
}
