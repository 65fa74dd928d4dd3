// SPDX-License-Identifier: Apache-2.0
import { InfraError } from '../../model/errors.js';
import { freeSpace } from '../../proc/disk.js';

/** Said by the kernel, and by tools that pass it on; tar has words of its own for a write that ended early. */
const full = /ENOSPC|EDQUOT|No space left on device|Disk quota exceeded|enough free space|Wrote only \d+ of \d+ bytes/i;
const refused = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

/**
 * The one error for a cache folder that cannot be written: what is being done, the folder, and why. Null when the
 * error is about something else.
 */
export async function cacheError(error: unknown, folder: string, doing: string): Promise<InfraError | null> {
  if (error instanceof InfraError || !(error instanceof Error)) return null;
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (full.test(`${code} ${error.message}`)) {
    return new InfraError('HARNESS', {
      message: `${doing}: no space left in ${folder} (${await freeSpace(folder)})`,
      next: 'Free some space there, or set XDG_CACHE_HOME to a folder on a larger disk.',
      cause: error,
    });
  }
  if (!refused.has(code)) return null;
  return new InfraError('HARNESS', {
    message: `${doing}: ${folder} cannot be written: ${error.message}`,
    next: 'Make the folder writable, or set XDG_CACHE_HOME to one that is.',
    cause: error,
  });
}
