// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ensurePrivateFolder } from '../../proc/folders.js';

const pattern = /^\.tmp-(.+)-(\d+)-[0-9a-f]{8}$/;
/** A folder of another host, whose processes cannot be seen from here, is left alone for a day. */
const foreignAge = 24 * 3600 * 1000;

/** Runs `work` in a fresh folder next to the cache entries and removes it whatever happens. */
export async function withCacheTempFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = join(parent, `.tmp-${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`);
  await ensurePrivateFolder(folder);
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

/** Removes the folders that processes left behind which were killed outright. Returns their names. */
export async function sweepCacheTempFolders(parent: string): Promise<string[]> {
  const names = await readdir(parent).catch(() => []);
  const swept = await Promise.all(
    names.map(async (name) => {
      const path = join(parent, name);
      if (!(await abandoned(path, name))) return [];
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
      return [name];
    }),
  );
  return swept.flat();
}

/** `.NAME.PID-RANDOM.partial`: a file that is being written, by proc/atomic. */
const partial = /^\..+\.(\d+)-[0-9a-f]{8}\.partial$/;
/** Milliseconds: its process may be of another host, which cannot be seen from here. */
const partialAge = 3600 * 1000;

/** Removes the files that killed processes left half written. */
export async function sweepPartialFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      const pid = partial.exec(name)?.[1];
      if (pid === undefined || alive(Number(pid)) || (await ageOf(join(folder, name))) < partialAge) return;
      await rm(join(folder, name), { force: true }).catch(() => undefined);
    }),
  );
}

async function abandoned(path: string, name: string): Promise<boolean> {
  const match = pattern.exec(name);
  if (!match) return false;
  if (match[1] === hostname()) return !alive(Number(match[2]));
  return (await ageOf(path)) > foreignAge;
}

/** Milliseconds since it was changed; 0 for what is not there. */
async function ageOf(path: string): Promise<number> {
  return stat(path).then(
    (info) => Date.now() - info.mtimeMs,
    () => 0,
  );
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
