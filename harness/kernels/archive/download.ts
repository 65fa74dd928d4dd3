import { basename } from 'node:path';
import { hashFile } from '../cache/hash.js';
import type { IndexEntry } from '../packages-index.js';
import type { AptFailureKind } from './apt-errors.js';
import { downloadDebs } from './apt-root.js';

/** Packages that did not arrive, or not as the signed index lists them. */
export class DownloadError extends Error {
  constructor(
    readonly kind: AptFailureKind,
    message: string,
  ) {
    super(message);
  }
}

/** Downloads and, apt having done so already, hashes again what is really on the disk: the lock relies on it. */
export async function downloadVerified(
  root: string,
  debs: readonly IndexEntry[],
  into: string,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const result = await downloadDebs(root, debs, into, signal);
  if (!result.ok) throw new DownloadError(result.why.kind, result.why.detail);
  const wanted = new Set(debs.map((deb) => deb.sha256));
  for (const file of result.value) {
    if (!wanted.delete(await hashFile(file, signal))) {
      throw new DownloadError('damaged', `${basename(file)} is not what the signed index lists`);
    }
  }
  if (wanted.size > 0) throw new DownloadError('damaged', `${wanted.size} of ${debs.length} packages did not arrive`);
  return result.value;
}
