// SPDX-License-Identifier: Apache-2.0
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Something that was saved. */
export interface Saved {
  /** The first path that changed. Absolute. */
  readonly path: string;
  /** When that was noticed, as `performance.now()`. */
  readonly at: number;
}

/** What is watched; all paths absolute. */
export interface WatchedFiles {
  readonly files: readonly string[];
  /** Everything below them, but for what editors leave beside a file. */
  readonly folders: readonly string[];
}

/** Names of files that editors make while they save: swap files, backups, vim's probe for write permission. */
const editorFile = /^\.|~$|^4913$|\.sw[a-z]$|\.tmp$|\.partial$/;

/**
 * Reports when files are saved, in place or by a rename onto the old name: folders are watched, so that a file that is
 * replaced is not lost. Saves that follow each other within `settle` milliseconds are one.
 */
export class FileWatch {
  readonly #settle: number;
  readonly #watchers = new Map<string, FSWatcher>();
  #files: ReadonlySet<string> = new Set();
  #saved: Saved | null = null;
  #settled = false;
  #timer: NodeJS.Timeout | undefined;
  #waiting: ((saved: Saved) => void) | undefined;

  constructor(settle: number) {
    this.#settle = settle;
  }

  /** Replaces what is watched. A folder that stays is never left unwatched in between. Throws when one is not there. */
  set({ files, folders }: WatchedFiles): void {
    this.#files = new Set(files);
    const wanted = new Map<string, boolean>();
    for (const file of files) wanted.set(dirname(file), false);
    for (const folder of folders) wanted.set(folder, true);
    for (const [key, watcher] of this.#watchers) {
      if ([...wanted].some(([folder, below]) => keyOf(folder, below) === key)) continue;
      watcher.close();
      this.#watchers.delete(key);
    }
    for (const [folder, below] of wanted) {
      if (!this.#watchers.has(keyOf(folder, below))) this.#watch(folder, below);
    }
  }

  /** The next save; one that came before the call and was not taken yet counts. Rejects with the signal's reason. */
  next(signal: AbortSignal): Promise<Saved> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        onAbort();
        return;
      }
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting = (saved) => {
        signal.removeEventListener('abort', onAbort);
        resolve(saved);
      };
      this.#deliver();
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(folder: string, below: boolean): void {
    const watcher = watch(folder, { recursive: below }, (_, name) => {
      if (name !== null) this.#onChange(join(folder, name), below);
    });
    // A folder that goes away is a save too: what comes next says what is missing.
    watcher.on('error', () => {
      this.#onChange(folder, true);
    });
    this.#watchers.set(keyOf(folder, below), watcher);
  }

  #onChange(path: string, below: boolean): void {
    if (!this.#files.has(path) && (!below || editorFile.test(basename(path)))) return;
    this.#saved ??= { path, at: performance.now() };
    this.#settled = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#settled = true;
      this.#deliver();
    }, this.#settle);
  }

  #deliver(): void {
    if (this.#saved === null || !this.#settled || this.#waiting === undefined) return;
    const [saved, waiting] = [this.#saved, this.#waiting];
    this.#saved = null;
    this.#waiting = undefined;
    waiting(saved);
  }
}

function keyOf(folder: string, below: boolean): string {
  return `${below ? 'below' : 'in'} ${folder}`;
}
