// SPDX-License-Identifier: Apache-2.0
import { lstat, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ensurePrivateFolder } from '../../proc/folders.js';
import { parsedJson } from '../../proc/json.js';
import { readRegularText } from '../../proc/regular-file.js';
import { closeToOthers, describeEntry, entryFault } from './entry-files.js';
import { hashBytes } from './hash.js';
import { withCacheTempFolder } from './temp.js';

/**
 * A folder of immutable entries named by what they were made from. An entry is filled in a temporary sibling and
 * renamed, so it is there whole or not at all, and two runs that make the same one need no lock: the second finds the
 * first one's and drops its own.
 */

const manifestName = 'manifest.json';
/** Bytes; a kernel's has 2 KiB. */
const manifestLimit = 2 ** 20;
const bodySchema = z.strictObject({
  /** What the entry is; its owner knows the shape. */
  about: z.unknown(),
  files: z.array(z.strictObject({ path: z.string(), size: z.number(), sha256: z.string() })),
});
const manifestSchema = z.strictObject({ body: bodySchema, seal: z.string() });
type ManifestBody = z.output<typeof bodySchema>;

export interface StoredEntry {
  /** Absolute path of the entry's folder. */
  readonly folder: string;
  readonly about: unknown;
  /** SHA-256 by path relative to the folder, `/` as separator. */
  readonly files: ReadonlyMap<string, string>;
}

export type Lookup =
  | { readonly kind: 'hit'; readonly entry: StoredEntry }
  | { readonly kind: 'miss' }
  /** `detail` names the file and what is wrong with it. */
  | { readonly kind: 'damaged'; readonly detail: string };

/**
 * Reads an entry and checks that it is the files of its sealed manifest, each by its content and no other. The seal
 * keeps accidents out, and nobody who can write to the cache: what an entry should be, its owner knows.
 */
export async function lookUpEntry(store: string, key: string): Promise<Lookup> {
  const folder = join(store, key);
  const info = await lstat(folder).catch(() => null);
  if (info === null) return { kind: 'miss' };
  if (!info.isDirectory()) return { kind: 'damaged', detail: 'it is not a folder' };
  const body = await readManifest(folder);
  if (typeof body === 'string') return { kind: 'damaged', detail: body };
  const fault = await entryFault(folder, body.files, manifestName);
  if (fault !== null) return { kind: 'damaged', detail: fault };
  const files = new Map(body.files.map((file) => [file.path, file.sha256]));
  return { kind: 'hit', entry: { folder, about: body.about, files } };
}

/** What the entries say they are, unchecked and cheap; damaged ones are left out. */
export async function listEntries(store: string): Promise<{ key: string; about: unknown }[]> {
  const names = await readdir(store).catch(() => []);
  const read = names
    .filter((name) => !name.startsWith('.'))
    .map(async (key) => {
      const body = await readManifest(join(store, key));
      return typeof body === 'string' ? [] : [{ key, about: body.about }];
    });
  return (await Promise.all(read)).flat();
}

/** Makes an entry: `fill` puts the files into the folder it is given and returns what the entry is. */
export async function addEntry(
  store: string,
  key: string,
  fill: (folder: string) => Promise<unknown>,
  signal?: AbortSignal,
): Promise<StoredEntry> {
  await ensurePrivateFolder(store);
  return withCacheTempFolder(store, async (temp) => {
    const fresh = join(temp, 'entry');
    await mkdir(fresh);
    const about = await fill(fresh);
    const body: ManifestBody = { about, files: [...(await describeEntry(fresh))] };
    await writeFile(join(fresh, manifestName), JSON.stringify({ body, seal: sealOf(body) }));
    await closeToOthers(fresh);
    signal?.throwIfAborted();
    await publish(store, key, fresh);
    const found = await lookUpEntry(store, key);
    if (found.kind !== 'hit') throw new Error(`cache entry ${join(store, key)} is gone or damaged as it was made`);
    return found.entry;
  });
}

/** Takes a damaged entry out of the way; it is moved first, so that nobody sees it half removed. */
export async function dropEntry(store: string, key: string): Promise<void> {
  await withCacheTempFolder(store, async (temp) => {
    await rename(join(store, key), join(temp, 'dropped')).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    });
  });
}

async function publish(store: string, key: string, fresh: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await rename(fresh, join(store, key));
      return;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (attempt > 3 || (code !== 'ENOTEMPTY' && code !== 'EEXIST')) throw error;
    }
    if ((await lookUpEntry(store, key)).kind === 'hit') return;
    await dropEntry(store, key);
  }
}

async function readManifest(folder: string): Promise<ManifestBody | string> {
  const read = await readRegularText(join(folder, manifestName), manifestLimit).catch(
    (error: unknown) => error as Error,
  );
  if (read instanceof Error) {
    const isMissing = (read as NodeJS.ErrnoException).code === 'ENOENT';
    return isMissing ? `${manifestName} is missing` : `${manifestName} cannot be read: ${read.message}`;
  }
  const parsed = manifestSchema.safeParse(parsedJson(read));
  if (!parsed.success || sealOf(parsed.data.body) !== parsed.data.seal) return `${manifestName} was changed`;
  return parsed.data.body;
}

function sealOf(body: ManifestBody): string {
  return hashBytes(JSON.stringify([body.about, body.files.map((file) => [file.path, file.size, file.sha256])]));
}
