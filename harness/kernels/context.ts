// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { invocation } from '../model/invocation.js';
import { sweepCacheTempFolders, sweepPartialFiles } from './cache/temp.js';
import { cacheFolder, closeCache } from './cache/folder.js';
import { markCacheInUse } from './cache/use.js';
import { type Catalog, loadCatalog } from './catalog.js';
import type { Family } from './families.js';
import { type Lock, loadLock, lockPath } from './lock.js';
import { IndexReader } from './providers/apt/index-reader.js';
import { RepositoryReader } from './providers/rpm/repository.js';
import { type ArchiveSettings, archiveSettings, asksPublic, expiredVariable, passedOverNote } from './settings.js';

/** What all kernel questions of one run share. Close it when the run ends. */
export interface KernelContext {
  readonly catalog: Catalog;
  readonly lock: Lock;
  readonly lockPath: string;
  readonly settings: ArchiveSettings;
  /** Folder of unpacked kernels. */
  readonly store: string;
  /** Folder of archive keyrings that were fetched because the host has none. */
  readonly keyrings: string;
  /** What was found out about keyrings in this run, by family. */
  readonly keyringMemo: Map<Family, Promise<string>>;
  readonly indexes: IndexReader;
  /** Lists of rpm repositories. */
  readonly repositories: RepositoryReader;
  /** What a person should know about lock and archives, one line each. */
  readonly notices: readonly string[];
  /** Removes the run's private apt state and lists of repositories. */
  readonly close: () => Promise<void>;
}

export interface KernelContextOptions {
  /** The tool's cache folder; `$XDG_CACHE_HOME/bpf-matrix` when left out. */
  readonly cacheDir?: string;
  /** From a configuration file; the environment wins over it. */
  readonly archives?: ArchiveSettings;
  readonly env?: NodeJS.ProcessEnv;
  readonly catalogPath?: string;
  readonly lockPath?: string;
}

/**
 * Reads catalog and lock and removes what killed runs left in the cache.
 * @throws UsageError when catalog or lock are malformed.
 */
export async function openKernelContext(options: KernelContextOptions = {}): Promise<KernelContext> {
  const env = options.env ?? process.env;
  const cacheDir = options.cacheDir ?? cacheFolder(env);
  const [store, keyrings, roots] = [join(cacheDir, 'kernels'), join(cacheDir, 'keyrings'), join(cacheDir, 'apt')];
  const lists = join(cacheDir, 'repositories');
  const lockFile = options.lockPath ?? lockPath();
  const [catalog, lock] = await Promise.all([
    loadCatalog(options.catalogPath),
    loadLock(lockFile),
    sweepCacheTempFolders(store),
    sweepCacheTempFolders(keyrings),
    sweepCacheTempFolders(roots),
    sweepCacheTempFolders(lists),
    ...['snapshots', 'images', 'runs'].map((name) => sweepCacheTempFolders(join(cacheDir, name))),
    ...[cacheDir, join(cacheDir, 'btf')].map(sweepPartialFiles),
    closeCache(cacheDir),
  ]);
  // Made by the first index read only: a run with every kernel in the cache leaves no trace here.
  const settings = archiveSettings(options.archives ?? {}, env);
  const mine = `.tmp-${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  const patience = settings.patience ?? 5;
  const indexes = new IndexReader(join(roots, mine), patience);
  const repositories = new RepositoryReader({ folder: join(lists, mine), memory: lists, patience });
  const done = await markCacheInUse(cacheDir);
  return {
    catalog,
    lock,
    lockPath: lockFile,
    settings,
    store,
    keyrings,
    keyringMemo: new Map(),
    indexes,
    repositories,
    notices: [...lockNotices(lockFile, lock), ...settingNotices(settings)],
    close: async () => {
      await Promise.all([indexes.close(), repositories.close()]);
      await done();
    },
  };
}

/** What a report is not to be read without. */
function settingNotices({ allowExpired, mirrors }: ArchiveSettings): readonly string[] {
  return [...(allowExpired === true ? [expiredNotice] : []), ...(asksPublic({ mirrors }) ? [] : [mirrorsNotice])];
}

const mirrorsNotice = `public archives of kernels are ${passedOverNote}: only those that this host is set up with are asked`;

const expiredNotice = `an old index of an archive is believed (${expiredVariable} or archives.allowExpired): what it lists may have been replaced`;

/** One line for all entries of a lock that was written before it said what is booted. */
function lockNotices(path: string, { kernels }: Lock): readonly string[] {
  const older = Object.entries(kernels).flatMap(([id, entry]) => (entry !== null && entry.booted === null ? [id] : []));
  if (older.length === 0) return [];
  const of = `${path} does not say what is booted of ${older.join(', ')}, so only the packages are held against it`;
  return [`${of}: ${invocation} kernels update completes it`];
}
