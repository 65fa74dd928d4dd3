// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, stat, utimes, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { closeToOthers } from '../../kernels/cache/entry-files.js';
import { evictable } from '../../kernels/cache/evict.js';
import { dropEntry } from '../../kernels/cache/store.js';
import { hashBytes } from '../../kernels/cache/hash.js';
import { sweepCacheTempFolders, withCacheTempFolder } from '../../kernels/cache/temp.js';
import { ensurePrivateFolder } from '../../proc/folders.js';
import { openRegularFile, readRegularFile, readRegularText } from '../../proc/regular-file.js';
import { removeAtExit } from '../../proc/temp.js';
import { parseSnapshotAbout, renderSnapshotAbout, type SnapshotAbout } from './about.js';
import { aboutName, consoleName, listSnapshots, memoryName, snapshotFolder } from './inventory.js';

/** A snapshot that is there, opened: from here on it can be read to its end, whoever removes it meanwhile. */
export interface Snapshot {
  readonly key: string;
  readonly about: SnapshotAbout;
  /** The console of the boot that it was made of. */
  readonly console: Uint8Array;
  readonly memory: FileHandle;
}

export type Found =
  | { readonly kind: 'hit'; readonly snapshot: Snapshot }
  | { readonly kind: 'miss' }
  /** It was there and was no good; `why` names the file. */
  | { readonly kind: 'damaged'; readonly why: string };

/** What is kept of a frozen guest besides its memory. */
export interface Keepsake extends Pick<SnapshotAbout, 'machine' | 'hello'> {
  /** The console of its boot; throws what keeps this guest from being one that others may start from. */
  readonly console: () => Promise<Uint8Array>;
}

/**
 * Frozen guests in the cache folder, each a folder named by its key, filled aside and put in place by one rename: whole
 * or not there. There is no lock. Two runs that make the same one both succeed; the first that is in place stays.
 */
export class SnapshotStore {
  readonly #folder: string;
  readonly #limit: number;
  readonly #inUse = new Set<string>();
  readonly #claimed = new Set<string>();
  readonly #refused = new Set<string>();
  #givenUp = false;

  /** `limit`: bytes that all snapshots together may take; 0 keeps none. */
  constructor(cacheDir: string, limit: number) {
    this.#folder = snapshotFolder(cacheDir);
    this.#limit = limit;
  }

  /** Opens a snapshot and marks it as used. The caller closes its memory. */
  async find(key: string): Promise<Found> {
    if (this.#refused.has(key)) return { kind: 'miss' };
    const folder = join(this.#folder, key);
    const text = await readRegularText(join(folder, aboutName)).catch(absent);
    if (text === null) return { kind: 'miss' };
    this.#inUse.add(key);
    const about = parseSnapshotAbout(text);
    if (about === null) return { kind: 'damaged', why: `${aboutName} was changed` };
    const console = await readRegularFile(join(folder, consoleName)).catch(absent);
    if (console === null || hashBytes(console) !== about.console.sha256) {
      return { kind: 'damaged', why: `${consoleName} is missing or was changed` };
    }
    const memory = await openRegularFile(join(folder, memoryName)).catch(absent);
    if (memory === null) return { kind: 'damaged', why: `${memoryName} is missing` };
    // A cache that may only be read keeps no order of use.
    await utimes(join(folder, aboutName), new Date(), new Date()).catch(() => undefined);
    return { kind: 'hit', snapshot: { key, about, console, memory } };
  }

  /** Takes a snapshot that is no good out of the way. This run does not look for it again, but may make a new one. */
  async drop(key: string): Promise<void> {
    this.#refused.add(key);
    await dropEntry(this.#folder, key).catch(() => undefined);
  }

  /** True for one machine of a run and a key: that one makes the snapshot, the others go on. */
  claim(key: string): boolean {
    if (this.#givenUp || this.#limit === 0 || this.#claimed.has(key)) return false;
    this.#claimed.add(key);
    return true;
  }

  /** No more are made in this run: what kept one from being made would keep the others, too. */
  giveUp(): void {
    this.#givenUp = true;
  }

  /**
   * Keeps a snapshot whose memory `fill` writes into the file that it is given; what it returns is the hash of what belongs
   * there, SHA-256 in lower-case hex. Throws what kept it from being kept.
   */
  async keep(key: string, keepsake: Keepsake, fill: (memory: string) => Promise<string>): Promise<void> {
    await ensurePrivateFolder(this.#folder);
    await sweepCacheTempFolders(this.#folder);
    await withCacheTempFolder(this.#folder, async (temp) => {
      const settled = removeAtExit(temp);
      try {
        const entry = join(temp, 'entry');
        await mkdir(entry);
        const sha256 = await fill(join(entry, memoryName));
        await this.#describe(entry, keepsake, sha256);
        await closeToOthers(entry);
        await this.#publish(key, entry);
      } finally {
        settled();
      }
    });
  }

  async #describe(entry: string, { machine, hello, console }: Keepsake, sha256: string): Promise<void> {
    const memory = join(entry, memoryName);
    const { size } = await stat(memory);
    if (size > this.#limit) throw new Error(`it takes ${mib(size)}, and all of them may take ${mib(this.#limit)}`);
    const lines = await console();
    await writeFile(join(entry, consoleName), lines);
    const about = {
      machine,
      hello,
      memory: { size, sha256 },
      console: { size: lines.length, sha256: hashBytes(lines) },
    };
    await writeFile(join(entry, aboutName), renderSnapshotAbout(about));
  }

  async #publish(key: string, entry: string): Promise<void> {
    this.#inUse.add(key);
    await rename(entry, join(this.#folder, key)).catch((error: unknown) => {
      // Another run was first.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    });
    for (const victim of evictable(await listSnapshots(this.#folder), this.#inUse, this.#limit)) {
      await dropEntry(this.#folder, victim);
    }
  }
}

const absent = (): null => null;

const mib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;
