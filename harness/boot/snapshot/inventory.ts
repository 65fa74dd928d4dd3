// SPDX-License-Identifier: Apache-2.0
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readRegularText } from '../../proc/regular-file.js';
import { parseSnapshotAbout } from './about.js';

export const aboutName = 'about.json';
export const consoleName = 'console.log';
export const memoryName = 'memory';

/** Where snapshots are in the tool's cache. */
export const snapshotFolder = (cacheDir: string): string => join(cacheDir, 'snapshots');

/** A snapshot as it lies there, unchecked. */
export interface StoredSnapshot {
  readonly key: string;
  /** For people; null when what it says about itself cannot be believed. */
  readonly machine: string | null;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly used: number;
}

/** All that are in place, in the order of their names; none where there is no such folder. */
export async function listSnapshots(folder: string): Promise<readonly StoredSnapshot[]> {
  const names = await readdir(folder).catch(() => []);
  const found = names.filter((name) => !name.startsWith('.')).map((key) => storedSnapshot(folder, key));
  return (await Promise.all(found)).flat();
}

/** Empty when it went away meanwhile. */
async function storedSnapshot(folder: string, key: string): Promise<StoredSnapshot[]> {
  const at = join(folder, key);
  try {
    const files = await readdir(at);
    const infos = await Promise.all(files.map((name) => stat(join(at, name))));
    const own = (await stat(join(at, aboutName)).catch(() => null)) ?? (await stat(at));
    const text = await readRegularText(join(at, aboutName)).catch(() => '');
    const size = infos.reduce((sum, info) => sum + info.size, 0);
    return [{ key, machine: parseSnapshotAbout(text)?.machine ?? null, size, used: own.mtimeMs }];
  } catch {
    return [];
  }
}
