// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit from 'p-limit';
import { ensurePrivateFolder } from '../../../proc/folders.js';
import { hashBytes } from '../../cache/hash.js';
import type { IndexEntry } from './packages-index.js';
import type { AptFailure } from './apt-errors.js';
import { type AptSource, makeAptRoot, readIndex, updateIndex } from './apt-root.js';
import { type Archive, archiveUri } from './archives.js';
import { type AptTry, describeWait, retried, timed } from './retry.js';
import { sharedTry } from '../../shared-try.js';
import type { Target } from '../../../target.js';

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
  /** The dated snapshots count who asks them for much at a time. */
  readonly #oneByOne = pLimit(1);
  readonly #reads = new Map<string, Promise<IndexRead>>();
  readonly #dead = new Map<string, AptFailure>();
  /** By host: until when it is left alone, in milliseconds since 1970, and why. */
  readonly #rest = new Map<string, { readonly until: number; readonly failure: AptFailure }>();
  /** By host: milliseconds that it was waited for. */
  readonly #waited = new Map<string, number>();
  readonly #listeners = new Set<WaitListener>();

  /** `folder` holds the apt roots; `close` removes it. `patience`: seconds of silence before an archive is away. */
  constructor(folder: string, patience: number) {
    this.#folder = folder;
    this.#patience = patience;
  }

  /** Calls back when a host is waited for, whoever asks it; until the returned function is called. */
  onWait(listener: WaitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The kernel packages of a suite, or why they could not be had. */
  read(archive: Archive, suite: string, source: AptKeys, signal?: AbortSignal): Promise<IndexRead> {
    const uri = archiveUri(archive, suite);
    if (uri === null) return Promise.resolve({ ok: false, why: { kind: 'absent', detail: 'no security archive' } });
    const key = hashBytes(`${uri} ${suite} ${source.keyring} ${source.target.name}`).slice(0, 16);
    const update = (): Promise<IndexRead> => this.#update(key, this.#sourceOf(archive, uri, suite, source), signal);
    const attempt = archive.origin === 'public snapshot' ? () => this.#oneByOne(update) : update;
    return sharedTry(this.#reads, key, attempt, signal);
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
    const root = join(this.#folder, key);
    await ensurePrivateFolder(root);
    await makeAptRoot(root, source);
    const host = hostOf(source.uri);
    const why = await retried(() => this.#try(root, source, signal), {
      pause: (ms, failure) => Promise.resolve(this.#rest.set(host, { until: Date.now() + ms, failure })),
      waited: () => this.#waited.get(host) ?? 0,
    });
    if (why === null) return { ok: true, root, entries: await readIndex(root) };
    if (why.kind === 'unreachable' || why.kind === 'busy') this.#dead.set(source.uri, why);
    return { ok: false, why };
  }

  async #wait(host: string, ms: number, failure: AptFailure, signal?: AbortSignal): Promise<void> {
    const say = (text: string): void => {
      if (failure.kind === 'busy') for (const listener of this.#listeners) listener(host, text);
    };
    say(describeWait(host, ms, failure));
    this.#waited.set(host, (this.#waited.get(host) ?? 0) + ms);
    await sleep(ms, undefined, signal ? { signal } : {});
    say(`asking ${host} again`);
  }

  /** Once the host may be asked, and an apt-get is free for it. */
  async #try(root: string, { uri }: AptSource, signal?: AbortSignal): Promise<AptTry> {
    const host = hostOf(uri);
    const rest = this.#rest.get(host);
    const left = (rest?.until ?? 0) - Date.now();
    if (rest !== undefined && left > 0) await this.#wait(host, left, rest.failure, signal);
    return this.#limit(async () => {
      const dead = this.#dead.get(uri);
      return dead ? { failure: dead, took: null } : timed(() => updateIndex(root, signal));
    });
  }
}

/** `text`: one line for people. */
export type WaitListener = (host: string, text: string) => void;

/** Another path of the same host is the same server; a file of mirrors is its own. */
export function hostOf(uri: string): string {
  return (URL.canParse(uri) && new URL(uri).host) || uri;
}

/** What all suites of a family share. */
export interface AptKeys {
  readonly target: Target;
  readonly keyring: string;
  readonly components: readonly string[];
}
