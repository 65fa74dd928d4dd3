// SPDX-License-Identifier: Apache-2.0
import { chmod, lstat, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { hashFile } from './hash.js';

/** A file of a cache entry. */
export interface EntryFile {
  /** Relative to the entry, `/` as separator. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** Everything in an entry that is no folder, sorted. `kind` is what lies there: a link is never followed. */
async function entryPaths(folder: string): Promise<readonly { path: string; kind: 'file' | 'other' }[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((item) => !item.isDirectory())
    .map((item) => ({
      path: relative(folder, join(item.parentPath, item.name)),
      kind: item.isFile() ? ('file' as const) : ('other' as const),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The files of an entry that is being made, each hashed. */
export async function describeEntry(folder: string): Promise<readonly EntryFile[]> {
  const paths = (await entryPaths(folder)).filter(({ kind }) => kind === 'file');
  return Promise.all(
    paths.map(async ({ path }) => ({
      path,
      size: (await lstat(join(folder, path))).size,
      sha256: await hashFile(join(folder, path)),
    })),
  );
}

/**
 * What keeps an entry from being the files that it says it is, by their content; null when it is just those. `own` is
 * the file that says so.
 */
export async function entryFault(folder: string, files: readonly EntryFile[], own: string): Promise<string | null> {
  const there = (await entryPaths(folder)).filter(({ path }) => path !== own);
  const odd = there.find(({ kind }) => kind === 'other');
  if (odd !== undefined) return `${odd.path} is not a regular file`;
  const known = new Set(files.map(({ path }) => path));
  const more = there.find(({ path }) => !known.delete(path));
  if (more !== undefined) return `${more.path} does not belong to it`;
  const [lost] = known;
  if (lost !== undefined) return `${lost} is missing`;
  const faults = await Promise.all(files.map((file) => faultOf(folder, file)));
  return faults.find((fault) => fault !== null) ?? null;
}

async function faultOf(folder: string, file: EntryFile): Promise<string | null> {
  const path = join(folder, file.path);
  const info = await lstat(path).catch(() => null);
  if (info === null) return `${file.path} is missing`;
  if (info.size !== file.size) return `${file.path} has ${info.size} bytes instead of ${file.size}`;
  return (await hashFile(path)) === file.sha256 ? null : `${file.path} has another content`;
}

/** Nobody but the user reads what runs leave in the cache. */
export async function closeToOthers(folder: string): Promise<void> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  await chmod(folder, 0o700);
  await Promise.all(found.map((item) => chmod(join(item.parentPath, item.name), item.isDirectory() ? 0o700 : 0o600)));
}
