// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { hashBytes } from '../../cache/hash.js';
import type { IndexEntry } from './packages-index.js';
import type { AptFailure } from './apt-errors.js';
import { type AptSource, makeAptRoot, updateIndex } from './apt-root.js';
import { type Archive, archiveUri } from './archives.js';

/** One suite of one archive, read; `root` is the private apt root to download from. */
export type IndexRead =
  | { readonly ok: true; readonly root: string; readonly entries: readonly IndexEntry[] }
  | { readonly ok: false; readonly why: AptFailure };

/** apt-get processes at once: they decompress and check, which two cores do not do faster by doing more of it. */
const parallel = 3;

/** Reads package indexes, each once per run, and tries an archive that did not answer once only. */
export class IndexReader {
  readonly #folder: string;
  readonly #patience: number;
  readonly #limit = pLimit(parallel);
  readonly #reads = new Map<string, Promise<IndexRead>>();
  readonly #dead = new Map<string, AptFailure>();

  /** `folder` holds the apt roots; `close` removes it. `patience`: seconds of silence before an archive is away. */
  constructor(folder: string, patience: number) {
    this.#folder = folder;
    this.#patience = patience;
  }

  /** The kernel packages of a suite, or why they could not be had. */
  read(archive: Archive, suite: string, source: AptKeys, signal?: AbortSignal): Promise<IndexRead> {
    const uri = archiveUri(archive, suite);
    if (uri === null) return Promise.resolve({ ok: false, why: { kind: 'absent', detail: 'no security archive' } });
    const key = hashBytes(`${uri} ${suite} ${source.keyring}`).slice(0, 16);
    const known = this.#reads.get(key);
    // A try that another caller gave up says nothing to this one.
    if (known) return known.catch(() => this.#again(archive, suite, source, signal));
    const reading = this.#limit(() => this.#update(key, this.#sourceOf(archive, uri, suite, source), signal));
    this.#reads.set(key, reading);
    // An aborted or broken try says nothing about the archive: the next caller may try again.
    reading.catch(() => this.#reads.delete(key));
    return reading;
  }

  #again(archive: Archive, suite: string, source: AptKeys, signal?: AbortSignal): Promise<IndexRead> {
    signal?.throwIfAborted();
    return this.read(archive, suite, source, signal);
  }

  #sourceOf(archive: Archive, uri: string, suite: string, keys: AptKeys): AptSource {
    return { ...keys, uri, suite, expires: archive.expires, patience: this.#patience };
  }

  /** A folder that was never made, because the cache cannot be written, is as good as removed. */
  async close(): Promise<void> {
    if (!existsSync(this.#folder)) return;
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  async #update(key: string, source: AptSource, signal?: AbortSignal): Promise<IndexRead> {
    const dead = this.#dead.get(source.uri);
    if (dead) return { ok: false, why: dead };
    const root = join(this.#folder, key);
    await mkdir(root, { recursive: true });
    await makeAptRoot(root, source);
    const outcome = await updateIndex(root, signal);
    if (outcome.ok) return { ok: true, root, entries: outcome.value };
    if (outcome.why.kind === 'unreachable') this.#dead.set(source.uri, outcome.why);
    return outcome;
  }
}

/** What all suites of a family share. */
export interface AptKeys {
  readonly keyring: string;
  readonly components: readonly string[];
}
