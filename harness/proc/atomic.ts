// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A sibling name for `path` that nobody else uses; same folder, so that a rename stays on one file system. */
export function partialName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(4).toString('hex')}.partial`);
}

/**
 * Writes a file under a temporary name and renames it: readers see the old bytes or the new, never half. What is there and
 * no file, a device or a fifo, is written to: whoever may rename would put a file in the place of /dev/null.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  if (await isSpecial(path)) {
    await writeFile(path, data);
    return;
  }
  await mkdir(dirname(path), { recursive: true });
  const partial = partialName(path);
  try {
    await writeFile(partial, data);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Of a link, what it leads to. */
async function isSpecial(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && !found.isFile() && !found.isDirectory();
}
