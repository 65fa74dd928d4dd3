// SPDX-License-Identifier: Apache-2.0
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../kernels/cache/folder.js';
import { UsageError } from '../model/errors.js';
import { ensurePrivateFolder } from '../proc/folders.js';

/** A cache that is there and may only be read, or cannot be made for want of rights, costs what is not in it. */
const bearable = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT']);

/** The tool's cache, made where it is not there. Throws UsageError for a place where no folder can be. */
export async function openCacheFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = cacheFolder(env);
  try {
    await ensurePrivateFolder(folder);
    // What has the name may be a file.
    await access(join(folder, '.'), constants.F_OK);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    if (bearable.has(code)) return folder;
    throw new UsageError({
      message: `the cache cannot be at ${folder} (${code})`,
      next: 'set XDG_CACHE_HOME to a folder that can be written, or unset it',
      cause,
    });
  }
  return folder;
}
