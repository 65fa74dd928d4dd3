// SPDX-License-Identifier: Apache-2.0
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheError } from '../kernels/cache/cache-error.js';
import { hashBytes } from '../kernels/cache/hash.js';
import { addEntry, dropEntry, lookUpEntry } from '../kernels/cache/store.js';
import { sweepCacheTempFolders } from '../kernels/cache/temp.js';
import { InfraError } from '../model/errors.js';
import type { ReadyKernel } from '../model/kernel.js';
import { imageContents } from './contents.js';
import { cpioArchive } from './cpio.js';
import { planModules } from './module-plan.js';

export interface InitramfsRequest {
  /** The static guest program. */
  readonly init: string;
  readonly kernel: ReadyKernel;
  /** The tool's cache folder; images live in `images/` below it. */
  readonly cacheDir: string;
  readonly signal?: AbortSignal;
}

export interface Initramfs {
  /** An uncompressed newc archive. */
  readonly path: string;
  /** Of the file, lower-case hex. The same inputs give the same bytes. */
  readonly sha256: string;
  /** Names of the modules the guest loads at its start, in order. */
  readonly modules: readonly string[];
  /** Names of the modules it can be asked to load, in order. */
  readonly extra: readonly string[];
  /** Names of modules for its start that are not there, and of which nothing says that they are not built in. */
  readonly assumed: readonly string[];
  /** What is missing and can be done without, one line each. */
  readonly notes: readonly string[];
}

const fileName = 'initramfs.cpio';

/**
 * Builds the root file system of a guest for one kernel. It is made anew each time, which takes some 20 ms, and stored
 * under the hash of its bytes, so that a stored one can neither be stale nor be taken for another.
 * @throws InfraError IMAGE_BUILD without the guest program or with a kernel that cannot have a virtio-serial port;
 * HARNESS when the disk is full; the signal's reason.
 */
export async function buildInitramfs(request: InitramfsRequest): Promise<Initramfs> {
  const { init, kernel, cacheDir, signal } = request;
  signal?.throwIfAborted();
  const [program, plan] = await Promise.all([readInit(init), planModules(kernel, signal)]);
  const bytes = cpioArchive(imageContents(program, plan));
  const sha256 = hashBytes(bytes);
  const path = await store(join(cacheDir, 'images'), bytes, sha256, signal);
  const names = (modules: readonly { readonly name: string }[]): string[] => modules.map((module) => module.name);
  const { assumed, notes } = plan;
  return { path, sha256, modules: names(plan.boot), extra: names(plan.extra), assumed, notes };
}

async function readInit(path: string): Promise<Buffer> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw noInit(path, (error as Error).message, error);
  });
  if (bytes.subarray(0, 4).toString('latin1') !== '\x7fELF') throw noInit(path, 'not an ELF program');
  return bytes;
}

function noInit(path: string, detail: string, cause?: unknown): InfraError {
  return new InfraError('IMAGE_BUILD', {
    message: `image: guest program ${path}: ${detail}`,
    next: 'Build it: make -C bpf',
    cause,
  });
}

async function write(into: string, bytes: Buffer, sha256: string): Promise<{ readonly sha256: string }> {
  await writeFile(join(into, fileName), bytes);
  return { sha256 };
}

async function store(folder: string, bytes: Buffer, sha256: string, signal?: AbortSignal): Promise<string> {
  const key = sha256.slice(0, 32);
  try {
    await sweepCacheTempFolders(folder);
    const found = await lookUpEntry(folder, key);
    if (found.kind === 'damaged') await dropEntry(folder, key);
    if (found.kind !== 'hit') {
      await addEntry(folder, key, (into) => write(into, bytes, sha256), signal);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw (await cacheError(error, folder, `writing an image of ${bytes.length} bytes`)) ?? error;
  }
  return join(folder, key, fileName);
}
