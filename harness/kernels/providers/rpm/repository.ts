// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../../proc/atomic.js';
import { parsedJson } from '../../../proc/json.js';
import { hashBytes, hashFile } from '../../cache/hash.js';
import { DownloadError } from '../provider.js';
import { downloadTo } from './curl.js';
import type { RpmCatalogFamily } from './family.js';
import { parsePrimary, type RpmPackage } from './primary.js';
import { parseRepomd, type PrimaryFile } from './repomd.js';
import { checkSignature, type RpmKeys } from './signature.js';
import { damaged, failureOfDownload, type SourceFailure, untrusted } from './source-failure.js';
import { unpackMetadata } from './unpack.js';
import { sharedTry } from '../../shared-try.js';

/** A repository to read. */
export interface RepositorySource {
  /** Ends in `/`; has `repodata/`. */
  readonly uri: string;
  readonly keys: RpmKeys;
  readonly rules: Pick<RpmCatalogFamily, 'signed' | 'maxAgeDays'>;
  /** Packages that are of interest. */
  readonly names: ReadonlySet<string>;
}

export type RepositoryRead =
  /** `root` is a folder of this run. */
  | { readonly ok: true; readonly root: string; readonly packages: readonly RpmPackage[] }
  | { readonly ok: false; readonly why: SourceFailure };

export interface RepositoryReaderOptions {
  /** Goes when the run ends. */
  readonly folder: string;
  /** Stays: how new each repository was. */
  readonly memory: string;
  /** Seconds of silence after which a server counts as away. */
  readonly patience: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Bytes of repomd.xml and its signature, and of a compressed list of packages. */
const [mostRepomd, mostPrimary] = [2 ** 20, 128 * 2 ** 20];

/** Reads the lists of rpm repositories, each once per run. */
export class RepositoryReader {
  readonly #options: RepositoryReaderOptions;
  readonly #reads = new Map<string, Promise<RepositoryRead>>();

  constructor(options: RepositoryReaderOptions) {
    this.#options = options;
  }

  /** The packages of a repository, or why they could not be had. @throws ToolMissingError; the signal's reason. */
  read(source: RepositorySource, signal?: AbortSignal): Promise<RepositoryRead> {
    return sharedTry(this.#reads, source.uri, () => this.#attempt(source, signal), signal);
  }

  async close(): Promise<void> {
    if (!existsSync(this.#options.folder)) return;
    await rm(this.#options.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }

  async #attempt(source: RepositorySource, signal?: AbortSignal): Promise<RepositoryRead> {
    const root = join(this.#options.folder, hashBytes(source.uri).slice(0, 16));
    await mkdir(root, { recursive: true });
    try {
      const packages = await this.#packages(source, root, signal);
      await this.#writeListing(source, root, packages);
      return { ok: true, root, packages };
    } catch (error) {
      signal?.throwIfAborted();
      return { ok: false, why: failureOfDownload(error) };
    }
  }

  async #writeListing({ uri, keys }: RepositorySource, root: string, packages: readonly RpmPackage[]): Promise<void> {
    const places = Object.fromEntries(packages.map(({ sha256, href }) => [sha256, `${uri}${href}`]));
    const listing: RepositoryListing = { places, keys: [...keys], patience: this.#options.patience };
    await writeFile(join(root, listingName), JSON.stringify(listing));
  }

  async #packages(source: RepositorySource, root: string, signal?: AbortSignal): Promise<readonly RpmPackage[]> {
    const { patience } = this.#options;
    const repomd = join(root, 'repomd.xml');
    await downloadTo(repomd, `${source.uri}repodata/repomd.xml`, { most: mostRepomd, patience }, signal);
    if (source.rules.signed === 'repository') await this.#checkRepomd(source, repomd, root, signal);
    const primary = parseRepomd(await readFile(repomd, 'utf8'));
    const seen = join(this.#options.memory, `${hashBytes(source.uri).slice(0, 32)}.json`);
    await this.#checkAge(source, primary, seen);
    const file = join(root, basename(primary.href));
    if (primary.size > mostPrimary) throw damaged(`${primary.href}: says that it has ${primary.size} bytes`);
    await downloadTo(file, `${source.uri}${primary.href}`, { most: primary.size, patience }, signal);
    if ((await hashFile(file, signal)) !== primary.sha256) throw damaged(`${primary.href}: not what repomd.xml lists`);
    const data = await unpackMetadata(file, signal);
    checkUnpacked(data, primary);
    const packages = parsePrimary(data, source.names);
    await mkdir(this.#options.memory, { recursive: true });
    await writeFileAtomic(seen, `${JSON.stringify({ uri: source.uri, timestamp: primary.timestamp })}\n`);
    return packages;
  }

  async #checkRepomd(
    { uri, keys }: RepositorySource,
    repomd: string,
    root: string,
    signal?: AbortSignal,
  ): Promise<void> {
    const { patience } = this.#options;
    const url = `${uri}repodata/repomd.xml.asc`;
    await downloadTo(`${repomd}.asc`, url, { most: mostRepomd, patience }, signal).catch((error: unknown) => {
      const isUnsigned = error instanceof DownloadError && error.kind === 'absent';
      throw isUnsigned ? untrusted(`repomd.xml is not signed: ${error.message}`) : error;
    });
    await checkSignature(repomd, `${repomd}.asc`, keys, root, signal);
  }

  /** What was published once is signed for ever: an old list would bring old kernels back. */
  async #checkAge({ rules }: RepositorySource, { timestamp }: PrimaryFile, seen: string): Promise<void> {
    const days = ((this.#options.now ?? Date.now)() / 1000 - timestamp) / 86_400;
    if (days < -1) throw untrusted(`repomd.xml is of ${day(timestamp)}, which is yet to come`);
    if (rules.maxAgeDays !== null && days > rules.maxAgeDays) {
      const limit = `a repository that is kept up is renewed within ${rules.maxAgeDays} days`;
      throw untrusted(`repomd.xml is of ${day(timestamp)}, too old: ${limit}`);
    }
    const last = await readSeen(seen);
    if (last !== null && timestamp < last) {
      const before = `this archive gave one of ${day(last)} before`;
      throw untrusted(`repomd.xml is of ${day(timestamp)}, and ${before}: rolled back`);
    }
  }
}

function checkUnpacked(data: Buffer, { href, open }: PrimaryFile): void {
  const isWhole = open.size === null || open.size === data.length;
  if (!isWhole) throw damaged(`${href}: unpacks to ${data.length} bytes, and repomd.xml says ${open.size}`);
  if (open.sha256 !== null && hashBytes(data) !== open.sha256) {
    throw damaged(`${href}: unpacks to something else than repomd.xml lists`);
  }
}

const day = (timestamp: number): string => new Date(timestamp * 1000).toISOString().replace(/\.\d+Z$/, 'Z');

const seenSchema = z.object({ timestamp: z.number() });

async function readSeen(path: string): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return seenSchema.safeParse(parsedJson(text)).data?.timestamp ?? null;
}

const listingName = 'listing.json';
const listingSchema = z.object({
  /** URL by hash. */
  places: z.record(z.string(), z.string()),
  keys: z.array(z.string()),
  patience: z.number(),
});

/** What downloading takes to know of a repository that was read. */
export type RepositoryListing = z.output<typeof listingSchema>;

export async function readListing(root: string): Promise<RepositoryListing> {
  return listingSchema.parse(parsedJson(await readFile(join(root, listingName), 'utf8')));
}
