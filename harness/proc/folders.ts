// SPDX-License-Identifier: Apache-2.0
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * `mkdir -p`, with `mode` for each folder that was missing. Node's own spins for ever where a folder is reported missing
 * that cannot be made, as below /proc.
 */
export async function ensureFolder(path: string, mode = 0o777): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (found !== null) return;
  await ensureFolder(dirname(path), mode);
  await mkdir(path, { mode }).catch((error: unknown) => {
    // Another run may have made it at the same moment.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

/** As `ensureFolder`, for what is nobody else's business. */
export function ensurePrivateFolder(path: string): Promise<void> {
  return ensureFolder(path, 0o700);
}
