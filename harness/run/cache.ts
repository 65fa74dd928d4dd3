// SPDX-License-Identifier: Apache-2.0
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listSnapshots, snapshotFolder } from '../boot/snapshot/inventory.js';
import { codeFolder } from '../kernels/cache/folder.js';
import { btfFolder } from './btf-memo.js';
import { dropEntry, listEntries } from '../kernels/cache/store.js';
import { listProved, provedFolder } from './reuse/inventory.js';
import { otherCacheUsers } from '../kernels/cache/use.js';
import { readCachedKernel } from '../kernels/fetch.js';
import { sessionTimesName } from '../results/session-times.js';
import { type CacheKind, cacheKinds } from '../model/cache-kind.js';

export interface CacheRow {
  readonly kind: CacheKind;
  readonly key: string;
  /** For people: which kernel, which machine. */
  readonly what: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970 of the last use, as far as the file system keeps it. */
  readonly used: number;
}

/** Everything in the cache, by kind, the one that was used last first. */
export async function listCache(cacheDir: string): Promise<readonly CacheRow[]> {
  const snapshots = (await listSnapshots(snapshotFolder(cacheDir))).map(({ machine, ...one }): CacheRow => ({
    kind: 'snapshots',
    what: machine ?? 'damaged',
    ...one,
  }));
  const proved = (await listProved(provedFolder(cacheDir))).map(({ what, ...one }): CacheRow => ({
    kind: 'proofs',
    what: what ?? 'damaged',
    ...one,
  }));
  const kernels = await entriesOf(cacheDir, 'kernels', (about) => readCachedKernel(about)?.release ?? 'another layout');
  const images = await entriesOf(cacheDir, 'images', () => 'initramfs');
  return [kernels, images, snapshots, proved].flatMap((rows) => rows.toSorted((a, b) => b.used - a.used));
}

async function entriesOf(
  cacheDir: string,
  kind: CacheKind,
  name: (about: unknown) => string,
): Promise<readonly CacheRow[]> {
  const folder = join(cacheDir, kind);
  const entries = await listEntries(folder);
  return Promise.all(
    entries.map(async ({ key, about }) => ({ kind, key, what: name(about), ...(await measured(join(folder, key))) })),
  );
}

async function measured(folder: string): Promise<Pick<CacheRow, 'size' | 'used'>> {
  const items = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  // What the entry says about itself is read by a listing, too, which is no use of it.
  const files = items
    .filter((item) => item.isFile() && item.name !== 'manifest.json')
    .map((item) => join(item.parentPath, item.name));
  const infos = (await Promise.all(files.map((file) => stat(file).catch(() => null)))).flatMap((info) => info ?? []);
  return {
    size: infos.reduce((sum, info) => sum + info.size, 0),
    used: Math.max(0, ...infos.map((info) => Math.max(info.mtimeMs, info.atimeMs))),
  };
}

/** What came of a request to clear. */
export interface Cleared {
  readonly removed: readonly CacheRow[];
  /** Kinds that stayed because other processes are using them. */
  readonly kept: readonly CacheKind[];
}

/**
 * Removes what is asked for. A kernel or an image that a running machine was started from stays while any other process
 * uses the cache; a snapshot does not have to: whoever restores it holds it open. What was proved is read whole at once.
 */
export async function clearCache(cacheDir: string, kinds: ReadonlySet<CacheKind>): Promise<Cleared> {
  const busy = (await otherCacheUsers(cacheDir)) > 0;
  const kept = cacheKinds.filter((kind) => kinds.has(kind) && busy && (kind === 'kernels' || kind === 'images'));
  const wanted = (await listCache(cacheDir)).filter(({ kind }) => kinds.has(kind) && !kept.includes(kind));
  for (const { kind, key } of wanted) await dropEntry(join(cacheDir, kind), key);
  if (kinds.size === cacheKinds.length) await forget(cacheDir);
  return { removed: wanted, kept };
}

/** Where scripts/veristat keeps what it has built. */
const veristatFolder = 'veristat';
/** Where scripts/libbpf keeps what it has fetched. */
const libbpfFolder = 'libbpf';

/** What is kept besides: the proof of KVM, what sessions took, hashes of kernels' BTF, libbpf's archive, what Node has compiled, veristat. */
async function forget(cacheDir: string): Promise<void> {
  for (const name of ['kvm.json', sessionTimesName, btfFolder, codeFolder, libbpfFolder, veristatFolder])
    await rm(join(cacheDir, name), { recursive: true, force: true });
}
