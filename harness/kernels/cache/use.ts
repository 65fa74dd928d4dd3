// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ensurePrivateFolder } from '../../proc/folders.js';
import { removeAtExit } from '../../proc/temp.js';
import { sweepCacheTempFolders } from './temp.js';

const usersFolder = (cacheDir: string): string => join(cacheDir, 'runs');

/**
 * Says that this process uses kernels and images of the cache, until the returned function is called or the process is
 * gone. A cache that may only be read has nobody who could clear it.
 */
export async function markCacheInUse(cacheDir: string): Promise<() => Promise<void>> {
  const mark = join(usersFolder(cacheDir), `.tmp-${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`);
  const settled = removeAtExit(mark);
  const isMarked = await ensurePrivateFolder(mark).then(
    () => true,
    () => false,
  );
  // What was never made cannot be removed either, and at exit an error would have no one to go to.
  if (!isMarked) {
    settled();
    return () => Promise.resolve();
  }
  return async () => {
    await rm(mark, { recursive: true, force: true }).catch(() => undefined);
    settled();
  };
}

/** How many processes use the cache now, this one left out; marks of dead ones are removed. */
export async function otherCacheUsers(cacheDir: string): Promise<number> {
  const folder = usersFolder(cacheDir);
  await sweepCacheTempFolders(folder);
  const marks = await readdir(folder).catch(() => []);
  return marks.filter((name) => !name.startsWith(`.tmp-${hostname()}-${process.pid}-`)).length;
}
