// SPDX-License-Identifier: Apache-2.0
import { utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { evictable } from '../../kernels/cache/evict.js';
import { addEntry, dropEntry, listEntries, lookUpEntry } from '../../kernels/cache/store.js';
import { sweepCacheTempFolders } from '../../kernels/cache/temp.js';
import type { CheckClass } from '../../model/check.js';
import { readRegularFile } from '../../proc/regular-file.js';
import { packSession, type ProvedAbout, readProvedAbout, unpackSession } from './entry.js';
import { FileHashes } from './file-hashes.js';
import { listProved, provedFolder, sessionFile } from './inventory.js';

/** What was kept of a session, as it was given. */
export interface Kept {
  readonly about: ProvedAbout;
  readonly session: unknown;
}

/** `why` names what is wrong with the entry, which is out of the way then. */
export type ProvedLookup = Kept | { readonly kind: 'miss' } | { readonly kind: 'damaged'; readonly why: string };

/**
 * What is taken from it. `renew`: nothing. Of a set of classes: all but what their scenarios came to. What is answered anew is
 * kept. `none`: it says what sessions depend on, and no more.
 */
export type ReuseMode = 'use' | 'renew' | 'none' | ReadonlySet<CheckClass>;

/**
 * Sessions that passed whole, in the cache folder by a digest of all that they depend on. Each is checked against its hashes
 * when it is read; the least recently used go when there are too many bytes of them.
 */
export class ProvedStore {
  readonly #folder: string;
  readonly #limit: number;
  readonly #inUse = new Set<string>();
  /** Of what its run depends on. */
  readonly hashes = new FileHashes();
  #isGivenUp = false;
  #listed: Promise<readonly ProvedAbout[]> | null = null;

  constructor(
    cacheDir: string,
    readonly mode: ReuseMode,
    limit = 256 * 2 ** 20,
  ) {
    this.#folder = provedFolder(cacheDir);
    this.#limit = limit;
  }

  async find(key: string): Promise<ProvedLookup> {
    const found = await lookUpEntry(this.#folder, key);
    if (found.kind === 'miss') return found;
    if (found.kind === 'damaged') return this.#damaged(key, found.detail);
    const about = readProvedAbout(found.entry.about);
    if (about?.key !== key) return this.#damaged(key, 'it belongs to another session');
    try {
      const path = join(found.entry.folder, sessionFile);
      const session = await unpackSession(await readRegularFile(path));
      this.#inUse.add(key);
      // A cache that may only be read keeps no order of use.
      await utimes(path, new Date(), new Date()).catch(() => undefined);
      return { about, session };
    } catch (error) {
      return this.#damaged(key, error instanceof Error ? error.message : String(error));
    }
  }

  /** What entries say of themselves that differ in classes of scenarios alone, unchecked, as they were when first asked for. */
  async like(base: string): Promise<readonly ProvedAbout[]> {
    this.#listed ??= listEntries(this.#folder).then((all) => all.flatMap(({ about }) => readProvedAbout(about) ?? []));
    return (await this.#listed).filter((about) => about.base === base);
  }

  /** Nothing more is kept in this run: what kept one session from it would keep the others, too. False from the second on. */
  giveUp(): boolean {
    const isFirst = !this.#isGivenUp;
    this.#isGivenUp = true;
    return isFirst;
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  /** Takes out what is no good. */
  async drop(key: string): Promise<void> {
    await dropEntry(this.#folder, key).catch(() => undefined);
  }

  /** Throws what the file system says, a full disk for one. */
  async keep({ about, session }: Kept): Promise<void> {
    const { key } = about;
    await sweepCacheTempFolders(this.#folder);
    await dropEntry(this.#folder, key).catch(() => undefined);
    this.#inUse.add(key);
    await addEntry(this.#folder, key, async (into) => {
      await writeFile(join(into, sessionFile), await packSession(session));
      return about;
    });
    const others = await listProved(this.#folder);
    for (const gone of evictable(others, this.#inUse, this.#limit)) await this.drop(gone);
  }

  async #damaged(key: string, why: string): Promise<ProvedLookup> {
    await this.drop(key);
    return { kind: 'damaged', why };
  }
}
