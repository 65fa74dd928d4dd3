// SPDX-License-Identifier: Apache-2.0
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listEntries } from '../../kernels/cache/store.js';
import { readProvedAbout } from './entry.js';

export const sessionFile = 'session.json.gz';

/** Where sessions that passed are in the tool's cache. */
export const provedFolder = (cacheDir: string): string => join(cacheDir, 'proofs');

/** An entry as it lies there, unchecked. */
export interface StoredProof {
  readonly key: string;
  /** For people; null when what it says about itself cannot be believed. */
  readonly what: string | null;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly used: number;
}

/** All that are in place; none where there is no such folder. */
export async function listProved(folder: string): Promise<readonly StoredProof[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.startsWith('.'));
  const known = new Map((await listEntries(folder)).map(({ key, about }) => [key, readProvedAbout(about)]));
  const found = names.map(async (key): Promise<StoredProof> => {
    const { size = 0, mtimeMs: used = 0 } = (await stat(join(folder, key, sessionFile)).catch(() => null)) ?? {};
    const read = known.get(key) ?? null;
    return { key, what: read === null ? null : `${read.what}, answered ${read.answered}`, size, used };
  });
  return Promise.all(found);
}
